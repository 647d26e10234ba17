import { stringify } from 'yaml'
import type { MappedEntity } from '../configuration/model.ts'

/** An event that failed, as `toPlainEvent` gives it, and why. */
export interface FailedEvent {
  readonly entity: MappedEntity
  readonly connection: string
  readonly source: string
  readonly key: string
  readonly deleted: boolean
  readonly data: Fields
  readonly code: string
  /** Attribute or field; null: not known. */
  readonly field: string | null
}

type Fields = Readonly<Record<string, unknown>>

/** What of an address may decide about an order, and is no one's name. */
const PLACE = ['city', 'region', 'regionCode', 'postalCode', 'countryCode']

/**
 * The event as a mapping test that expects the failure it had; who mends the mapping puts the right outcome there. What an
 * order says of a person is left out: tests are kept with the configuration.
 */
export function mappingTestOf(failed: FailedEvent): string {
  const { entity, connection, source, deleted, data, code, field } = failed
  const attribute = entity === 'products' && field !== null && code === 'mapping_failed' ? { attribute: field } : {}
  const document = {
    kind: 'mapping-test',
    name: `${entity} ${failed.key} of ${connection}`,
    ...{ connection, entity, source },
    ...(deleted ? { deleted } : {}),
    input: told(entity === 'orders' ? withoutPerson(data) : data),
    expectError: { ...attribute, code },
  }
  return `# It failed so. Mend the mapping, and write what it is to give as "expect:" instead of "expectError:".\n${stringify(document)}`
}

/** Without what is null or empty: a test takes that for granted. */
function told(fields: Fields): Fields {
  const entries = Object.entries(fields).map(([name, value]) => [name, toldValue(value)] as const)
  return Object.fromEntries(entries.filter(([, value]) => !isNothing(value)))
}

function toldValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toldValue)
  return typeof value === 'object' && value !== null ? told(value as Fields) : value
}

const isNothing = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === '' ||
  (typeof value === 'object' && Object.keys(value).length === 0)

function withoutPerson(order: Fields): Fields {
  const place = (address: unknown): Fields =>
    Object.fromEntries(Object.entries((address ?? {}) as Fields).filter(([name]) => PLACE.includes(name)))
  return {
    ...order,
    customerEmail: 'someone@example.com',
    customerId: null,
    billingAddress: place(order['billingAddress']),
    shippingAddress: order['shippingAddress'] === null ? null : place(order['shippingAddress']),
  }
}
