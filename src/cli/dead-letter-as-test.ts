import type { MappedEntity } from '../configuration/model.ts'
import { StreamError } from '../errors.ts'
import { mappingTestOf } from '../operations/mapping-test-of.ts'
import type { DeadLetterSummary } from '../projections/dead-letter-row.ts'

/** Stages that map by a connection's own rules. */
const entityOf: Readonly<Record<string, MappedEntity>> = { 'map-products': 'products', 'route-orders': 'orders' }

interface PlainEvent {
  readonly source: string
  readonly key: string
  readonly deleted: boolean
  readonly data: Readonly<Record<string, unknown>>
}

/** The YAML of a mapping test; throws `state_conflict` for a dead letter that is of no mapping. */
export function letterAsTest(
  { id, stage, connection, code, field }: Pick<DeadLetterSummary, 'id' | 'stage' | 'connection' | 'code' | 'field'>,
  event: unknown,
): string {
  const entity = entityOf[stage]
  if (entity === undefined || connection === null || event === null || event === undefined) {
    const of = `${stage}${connection === null ? ', for all connections' : ''}`
    const message = `dead letter ${id} is of ${of}; a test is written from an event that a connection's mapping failed`
    throw new StreamError('state_conflict', message, { field: 'id' })
  }
  const { source, key, deleted, data } = event as PlainEvent
  return mappingTestOf({ entity, connection, source, key, deleted, data, code, field })
}
