import { stringify } from 'yaml'
import type { MappedEntity } from '../configuration/model.ts'
import { StreamError } from '../errors.ts'
import { MASK } from '../platform/registry/personal-fields.ts'
import type { DeadLetterSummary } from '../projections/dead-letter-row.ts'

/** Stages that map by a connection's own rules. */
const entityOfStage: Readonly<Record<string, MappedEntity>> = { 'map-products': 'products', 'route-orders': 'orders' }

/** An event that failed, as `toPlainEvent` gives it, and why. */
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

/** What of an address may decide about an order, and is no one's name. */
const PLACE = ['city', 'region', 'regionCode', 'postalCode', 'countryCode']

/** The YAML of a mapping test of a dead letter's event; throws `state_conflict` for a dead letter that is of no mapping. */
export function deadLetterAsTest(
  { id, stage, connection, code, field }: Pick<DeadLetterSummary, 'id' | 'stage' | 'connection' | 'code' | 'field'>,
  event: unknown,
): string {
  const entity = entityOfStage[stage]
  if (entity === undefined || connection === null || event === null || event === undefined) {
    const of = `${stage}${connection === null ? ', for all connections' : ''}`
    const message = `dead letter ${id} is of ${of}; a test is written from an event that a connection's mapping failed`
    throw new StreamError('state_conflict', message, { field: 'id' })
  }
  const { source, key, deleted, data } = event as Pick<FailedEvent, 'source' | 'key' | 'deleted' | 'data'>
  return mappingTestOf({ entity, connection, source, key, deleted, data, code, field })
}

/**
 * The event as a mapping test that expects the failure it had; who fixes the mapping puts the right outcome there. What an
 * order says of a person is left out: tests are kept with the configuration.
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
  return `# It failed so. Mend the mapping, and write what it is to give as "expect:" instead of "expectError:".\n${stringify(document)}`
}

/** Without what is null, empty or masked: a test takes that for granted. */
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
