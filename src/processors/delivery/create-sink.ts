import type { System, SystemType } from '../../configuration/model.ts'
import type { PerSystemKind } from '../../events/topics.ts'
import type { CallKind } from '../../platform/governor/governor.ts'
import type { BigCommerceClient } from '../../systems/bigcommerce/client.ts'
import { inventorySettings, statusSettings } from '../../systems/bigcommerce/settings.ts'
import { bigcommerceFulfilments } from '../../systems/bigcommerce/write-fulfilments.ts'
import { bigcommerceImages } from '../../systems/bigcommerce/write-images.ts'
import { bigcommerceInventory } from '../../systems/bigcommerce/write-inventory.ts'
import { bigcommerceProducts } from '../../systems/bigcommerce/write-products.ts'
import type { Sink } from '../../systems/kit/sink.ts'
import type { Magento2Client } from '../../systems/magento2/client.ts'
import { magento2Fulfilments } from '../../systems/magento2/write-fulfilments.ts'
import { magento2Images } from '../../systems/magento2/write-images.ts'
import { magento2Inventory } from '../../systems/magento2/write-inventory.ts'
import { magento2Products } from '../../systems/magento2/write-products.ts'
import type { NetSuiteClient } from '../../systems/netsuite/client.ts'
import { netsuiteSinkSettings, netsuiteVendorOrders } from '../../systems/netsuite/write-orders.ts'
import type { SapB1Client } from '../../systems/sap-b1/client.ts'
import { orderSettings } from '../../systems/sap-b1/order-settings.ts'
import { sapB1VendorOrders } from '../../systems/sap-b1/write-orders.ts'

export type AnySink = { [K in PerSystemKind]: Sink<K> }[PerSystemKind]

/** Makes the client of a system, its references resolved. */
export interface SinkClients {
  netsuite(system: System, kind: CallKind): Promise<NetSuiteClient>
  magento2(system: System, kind: CallKind): Promise<Magento2Client>
  sapB1(system: System, kind: CallKind): Promise<SapB1Client>
  bigcommerce(system: System, kind: CallKind): Promise<BigCommerceClient>
}

type SinkMaker = (system: System, clients: SinkClients) => Promise<AnySink>

/** THE table of sinks: (type of system, kind) → sink. */
const makers: Readonly<Record<SystemType, Readonly<Partial<Record<PerSystemKind, SinkMaker>>>>> = {
  netsuite: {
    'vendor-orders': async (system, clients) =>
      netsuiteVendorOrders(await clients.netsuite(system, 'orders'), netsuiteSinkSettings(system)),
  },
  magento2: {
    'shop-fulfilments': async (system, clients) => magento2Fulfilments(await clients.magento2(system, 'fulfilments')),
    'shop-products': async (system, clients) =>
      magento2Products(await clients.magento2(system, 'products'), system.settings),
    'shop-inventory': async (system, clients) => magento2Inventory(await clients.magento2(system, 'inventory')),
    'shop-images': async (system, clients) => magento2Images(await clients.magento2(system, 'images'), system.settings),
  },
  'image-feed': {},
  'sap-b1': {
    'vendor-orders': async (system, clients) =>
      sapB1VendorOrders(await clients.sapB1(system, 'orders'), () => orderSettings(system)),
  },
  bigcommerce: {
    'shop-fulfilments': async (system, clients) =>
      bigcommerceFulfilments(await clients.bigcommerce(system, 'fulfilments'), statusSettings(system)),
    'shop-inventory': async (system, clients) =>
      bigcommerceInventory(await clients.bigcommerce(system, 'inventory'), inventorySettings(system)),
    'shop-products': async (system, clients) => bigcommerceProducts(await clients.bigcommerce(system, 'products')),
    'shop-images': async (system, clients) => bigcommerceImages(await clients.bigcommerce(system, 'images')),
  },
  sqs: {},
}

/** Kinds that can be delivered to a type of system. */
export function sinkKinds(type: SystemType): PerSystemKind[] {
  return Object.keys(makers[type]) as PerSystemKind[]
}

/** The systems that events of a kind are delivered to. */
export function targetsOf(kind: PerSystemKind, systems: readonly System[]): readonly System[] {
  return systems.filter(({ type }) => makers[type][kind] !== undefined)
}

/** The sink of a kind for a system; undefined when nothing of the kind is delivered to systems of its type. */
export async function createSink(
  system: System,
  kind: PerSystemKind,
  clients: SinkClients,
): Promise<AnySink | undefined> {
  return makers[system.type][kind]?.(system, clients)
}
