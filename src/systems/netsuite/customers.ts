import { createHash } from 'node:crypto'
import { StreamError } from '../../errors.ts'
import type { VendorOrderRequested } from '../../events/generated/events.ts'
import { cutText } from '../kit/fit-text.ts'
import { applyCustomerFields } from '../kit/order-fields.ts'
import { textOf, type Wire } from '../kit/wire.ts'
import type { NetSuiteClient } from './client.ts'
import { customerLimits } from './field-limits.ts'
import { customerBody } from './order-body.ts'
import { ownCustomerFields } from './order-fields.ts'

type Client = Pick<NetSuiteClient, 'getByExternalId' | 'upsertByExternalId'>

/** NetSuite's code for an id, or a name that is one, of another customer. */
const NAME_TAKEN = 'UNIQUE_CUST_ID_REQD'

/** Internal ids of what customers of the account belong to. */
export interface CustomerAccount {
  readonly subsidiary: string | null
  /** Of an order in another currency than the account's main one. */
  readonly currency: string | null
}

/**
 * Makes or changes the customer of an order; its internal id. An account that does not number its customers calls them by
 * their names, and takes each name once: there the second person of a name gets an id of its own.
 */
export async function saveCustomer(
  client: Client,
  event: VendorOrderRequested,
  account: CustomerAccount,
  signal: AbortSignal,
): Promise<string> {
  const externalId = customerExternalId(event)
  const body = mappedCustomer(event, account)
  const save = async (customer: Wire) => await client.upsertByExternalId('customer', externalId, customer, {}, signal)
  try {
    return await save(body)
  } catch (error) {
    const isRefusal = error instanceof StreamError && error.code === 'target_rejected'
    if (!isRefusal || 'entityId' in body) throw error
    // A customer that is there is called by its new name, too. Any other reason is told in the account's language alone: then
    // one that is there has its id already.
    const isTaken = error.details['netsuiteCode'] === NAME_TAKEN
    if (!isTaken && (await client.getByExternalId('customer', externalId, {}, signal)) !== null) throw error
    try {
      return await save({ ...body, entityId: ownEntityId(body, externalId) })
    } catch (again) {
      if (again instanceof StreamError && again.code === 'target_rejected') throw error
      throw again
    }
  }
}

/** A company, where a rule says that it is no person, has no names of one. */
function mappedCustomer(event: VendorOrderRequested, { subsidiary, currency }: CustomerAccount): Wire {
  const own = customerBody(event, subsidiary)
  // A customer has orders in the currencies that it lists; the list is merged by currency.
  const person = currency === null ? own : { ...own, currencyList: { items: [{ currency: { id: currency } }] } }
  const mapped = applyCustomerFields(person, event.fields, ownCustomerFields)
  if (mapped['isPerson'] !== false) return mapped
  const names = new Set(['salutation', 'firstName', 'middleName', 'lastName'])
  return Object.fromEntries(Object.entries(mapped).filter(([name]) => !names.has(name)))
}

/** The name as people look for it, and a digest of what the shop knows the customer by: the same for the same customer. */
function ownEntityId(customer: Wire, externalId: string): string {
  const hash = createHash('sha256').update(externalId).digest('hex').slice(0, 8)
  const parts = ['companyName', 'firstName', 'lastName'].map((name) => textOf(customer[name]) ?? '-')
  const name = parts.filter((part) => part !== '-').join(' ')
  return [cutText(name, (customerLimits['entityId'] ?? 0) - hash.length - 1), hash]
    .filter((part) => part !== '')
    .join(' ')
}

/** Customers of a shop by its id of them; guests by their e-mail's digest, so that the address is in no id, or by their order. */
function customerExternalId({ source, key, data }: VendorOrderRequested): string {
  if (data.customerId !== null) return `${source}-${data.customerId}`
  if (data.customerEmail === '') return `${source}-order-${key}`
  const hash = createHash('sha256').update(data.customerEmail.toLowerCase()).digest('hex')
  return `${source}-${hash.slice(0, 16)}`
}
