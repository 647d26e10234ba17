import type { PerSystemKind } from '../events/topics.ts'
import type { SystemType } from './model.ts'

const shopKinds = ['shop-fulfilments', 'shop-products', 'shop-inventory', 'shop-images'] as const

/** What can be delivered to a type of system; the table of sinks has the same, which a test holds the two to. */
export const deliverableKinds: Readonly<Record<SystemType, readonly PerSystemKind[]>> = {
  magento2: shopKinds,
  netsuite: ['vendor-orders'],
  'sap-b1': ['vendor-orders'],
  bigcommerce: shopKinds,
  sqs: [],
  'image-feed': [],
}
