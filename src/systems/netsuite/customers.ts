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

/** NetSuite's code for a customer id (or a name used as id) that another customer has. */
const NAME_TAKEN = 'UNIQUE_CUST_ID_REQD'

/** Internal ids of a customer's subsidiary and currency. */
export interface CustomerAccount {
  readonly subsidiary: string | null
  /** Null: the account's main currency. */
  readonly currency: string | null
}

/**
 * Creates or updates the customer of an order; returns its internal id. An account that does not number its customers
 * has their names as ids, and accepts each once: there, a second customer of a name gets an id with a digest.
 */
export async function saveCustomer(
  client: Client,
  event: VendorOrderRequested,
  account: CustomerAccount,
  signal: AbortSignal,
): Promise<string> {
  const body = mappedCustomer(event, account)
  const externalId = await customerExternalId(client, event, emailOf(body), signal)
  const save = async (customer: Wire) => await client.upsertByExternalId('customer', externalId, customer, {}, signal)
  try {
    return await save(body)
  } catch (error) {
    const isRefusal = error instanceof StreamError && error.code === 'target_rejected'
    if (!isRefusal || 'entityId' in body) throw error
    // An existing customer may get a taken name, too. For other reasons, NetSuite has only a text in the account's
    // language: an existing customer has its id already, so its name is not the reason.
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

/** If a rule sets `isPerson` to false, the customer is a company and has no personal names. */
function mappedCustomer(event: VendorOrderRequested, { subsidiary, currency }: CustomerAccount): Wire {
  const own = customerBody(event, subsidiary)
  // A customer can only have orders in the currencies of its list; NetSuite merges the list by currency.
  const person = currency === null ? own : { ...own, currencyList: { items: [{ currency: { id: currency } }] } }
  const mapped = applyCustomerFields(person, event.fields, ownCustomerFields)
  if (mapped['isPerson'] !== false) return mapped
  const names = new Set(['salutation', 'firstName', 'middleName', 'lastName'])
  return Object.fromEntries(Object.entries(mapped).filter(([name]) => !names.has(name)))
}

/** The name that people search for, and a digest of the external id: the same for the same customer. */
function ownEntityId(customer: Wire, externalId: string): string {
  const hash = createHash('sha256').update(externalId).digest('hex').slice(0, 8)
  const parts = ['companyName', 'firstName', 'lastName'].map((name) => textOf(customer[name]) ?? '-')
  const name = parts.filter((part) => part !== '-').join(' ')
  return [cutText(name, (customerLimits['entityId'] ?? 0) - hash.length - 1), hash]
    .filter((part) => part !== '')
    .join(' ')
}

/**
 * By the shop's customer id; for a guest by a digest of the e-mail address (no id contains it), or by the order. Ids
 * that are not numbers are digested behind a character that no system id has: `b2b-17` of `shop` is not customer 17 of
 * `shop-b2b`.
 */
async function customerExternalId(
  client: Pick<Client, 'getByExternalId'>,
  { source, key, data: { customerId, customerEmail } }: VendorOrderRequested,
  email: string,
  signal: AbortSignal,
): Promise<string> {
  if (customerId !== null && /^\d+$/.test(customerId)) return `${source}-${customerId}`
  if (customerId === null && customerEmail !== '') return `${source}-${digits(customerEmail.toLowerCase())}`
  const [own, earlier] =
    customerId === null
      ? [`${source}_order_${key}`, `${source}-order-${key}`]
      : [`${source}_${digits(customerId)}`, `${source}-${customerId}`]
  if ((await client.getByExternalId('customer', own, {}, signal)) !== null) return own
  // Earlier releases used this id for both: the e-mail address tells whose it is.
  const before = await client.getByExternalId('customer', earlier, {}, signal)
  return before !== null && emailOf(before) === email ? earlier : own
}

function emailOf(customer: Wire): string {
  return (textOf(customer['email']) ?? '').toLowerCase()
}

/** Enough digits of a digest to tell customers apart. */
function digits(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
