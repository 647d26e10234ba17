import { stringify } from 'yaml'
import type { MappedEntity } from '../configuration/model.ts'
import { StreamError } from '../errors.ts'
import { MASK } from '../platform/registry/personal-fields.ts'
import type { DeadLetterSummary } from '../projections/dead-letter-row.ts'

/** Stages that map with a connection's own rules. */
const entityOfStage: Readonly<Record<string, MappedEntity>> = { 'map-products': 'products', 'route-orders': 'orders' }

/** An event that failed, as returned by `toPlainEvent`, and the cause. */
interface FailedEvent {
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

/** Fields of an address that rules may use and that do not identify a person. */
const PLACE = ['city', 'region', 'regionCode', 'postalCode', 'countryCode']

/**
 * A mapping test (YAML) for a dead letter's event. Throws `state_conflict` if the dead letter does not come from a
 * mapping.
 */
export function deadLetterAsTest(
  { id, stage, connection, code, field }: Pick<DeadLetterSummary, 'id' | 'stage' | 'connection' | 'code' | 'field'>,
  event: unknown,
): string {
  const entity = entityOfStage[stage]
  if (entity === undefined || connection === null || event === null || event === undefined) {
    const of = `${stage}${connection === null ? ', for all connections' : ''}`
    const message = `dead letter ${id} is from ${of}; only an event that failed in a connection's mapping can become a test`
    throw new StreamError('state_conflict', message, { field: 'id' })
  }
  const { source, key, deleted, data } = event as Pick<FailedEvent, 'source' | 'key' | 'deleted' | 'data'>
  return mappingTestOf({ entity, connection, source, key, deleted, data, code, field })
}

/**
 * The event as a mapping test that expects the same failure; replace it with the right outcome when the mapping is
 * fixed. Personal data of an order is left out, because tests are stored with the configuration.
 */
function mappingTestOf(failed: FailedEvent): string {
  const { entity, connection, source, deleted, data, code, field } = failed
  const attribute = entity === 'products' && field !== null && code === 'mapping_failed' ? { attribute: field } : {}
  const document = {
    kind: 'mapping-test',
    name: `${entity} ${failed.key} of ${connection}`,
    connection,
    entity,
    source,
    ...(deleted ? { deleted } : {}),
    input: withoutEmpty(entity === 'orders' ? withoutPerson(data) : data),
    expectError: { ...attribute, code },
  }
  return `# The event failed like this. Fix the mapping, and replace "expectError:" with "expect:" and the right result.\n${stringify(document)}`
}

/** Omits null, empty and masked values: they are a test's defaults. */
function withoutEmpty(fields: Fields): Fields {
  const entries = Object.entries(fields).map(([name, value]) => [name, withoutEmptyValue(value)] as const)
  return Object.fromEntries(entries.filter(([, value]) => !isNothing(value)))
}

function withoutEmptyValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmptyValue)
  return typeof value === 'object' && value !== null ? withoutEmpty(value as Fields) : value
}

const isNothing = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === '' ||
  value === MASK ||
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
