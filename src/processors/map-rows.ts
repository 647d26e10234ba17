import type { Connection } from '../configuration/model.ts'
import { toStreamError } from '../errors.ts'
import { type DeclarationOf, splitKey } from '../events/entities.ts'
import { contentDigest, derivedEventId } from '../events/identity.ts'
import { type FeedEntity, recordKey, type SourceEvent, type TopicEvents, universalKind } from '../events/topics.ts'
import { ownershipFault, ownsSku } from '../rules/ownership.ts'
import type { Decision, Output, ProcessContext, Processed, Processor } from './processor.ts'

/** Origin of a universal event, the same for every kind. */
interface RowHeader<D> {
  readonly eventId: string
  readonly contentDigest: string
  readonly connection: string
  readonly source: string
  readonly key: string
  readonly taskId: string | null
  readonly occurredAt: number | null
  readonly readAt: number
  readonly mappingRevision: number
  readonly deleted: boolean
  readonly data: D
}

/** A row's content; `owned` false: its attributes say that the vendor does not own it. */
interface MappedRow<D> {
  readonly data: D
  readonly owned: boolean
}

/** Maps an entity for a connection. */
export type RowMap<E extends FeedEntity> = (
  event: TopicEvents[E],
  connection: Connection,
  context: ProcessContext,
) => Promise<MappedRow<RowData<E>>>

/** Content of the rows of an entity's feed. */
type RowData<E extends FeedEntity> = TopicEvents[`universal-${E}`]['data']

/** The processor of an entity with a feed: what sources publish → rows of the feed. */
export function mapProcessor<E extends FeedEntity>(entity: DeclarationOf<E>, map: RowMap<E>): Processor<E> {
  const from = entity.name
  return {
    name: `map-${from}`,
    from,
    remembers: false,
    process: (event, context) => mapRows(entity, event, context, map),
  }
}

/**
 * One row for each connection of the context. A connection that can't map the entity gets a `failed` decision and the
 * others continue (Guarantee 5); one whose vendor does not own the SKU ignores it. Where attributes of the product
 * decide, a product that the vendor does not own becomes a deleted row: the vendor may have owned it before.
 */
async function mapRows<E extends FeedEntity>(
  entity: DeclarationOf<E>,
  event: TopicEvents[E],
  context: ProcessContext,
  map: RowMap<E>,
): Promise<Processed<never>> {
  const { name } = entity
  const { sku = '' } = splitKey(entity.key, event.key)
  const outcomeFor = async (connection: Connection): Promise<Outcome> => {
    const { id } = connection
    try {
      const fault = ownershipFault(connection)
      if (fault !== null) throw fault
      if (ownsSku(connection, sku) === false) return { decision: notOwned(id, 'ignored') }
      const { data, owned } = await map(event, connection, context)
      const row = rowOf(`map-${name}`, event, connection, data, event.deleted || !owned)
      const key = recordKey(id, event.source, event.key)
      // Kind and row belong to one entity.
      const output = { kind: universalKind(name), system: null, key, event: row } as unknown as Output
      return { output, decision: owned ? processing(id) : notOwned(id, 'processing') }
    } catch (error) {
      return { decision: { connection: id, status: 'failed', error: toStreamError(error) } }
    }
  }
  // In parallel: no connection waits for the expressions of another.
  const begun: Promise<Outcome>[] = []
  for (const connection of context.connections) {
    await context.letOthers?.()
    begun.push(outcomeFor(connection))
  }
  const outcomes = await Promise.all(begun)
  return {
    outputs: outcomes.flatMap(({ output }) => output ?? []),
    decisions: outcomes.map(({ decision }) => decision),
  }
}

/** Outcome of an entity for one connection. */
interface Outcome {
  readonly output?: Output
  readonly decision: Decision
}

function processing(connection: string): Decision {
  return { connection, status: 'processing', code: null, message: null }
}

function notOwned(connection: string, status: 'ignored' | 'processing'): Decision {
  return { connection, status, code: 'not_owned', message: `the vendor of ${connection} does not own the SKU` }
}

function rowOf<D>(stage: string, event: SourceEvent, connection: Connection, data: D, deleted: boolean): RowHeader<D> {
  return {
    eventId: derivedEventId(event.eventId, stage, connection.id, connection.revision),
    contentDigest: contentDigest({ deleted, data }),
    connection: connection.id,
    source: event.source,
    key: event.key,
    taskId: event.taskId,
    occurredAt: event.occurredAt,
    readAt: event.readAt,
    mappingRevision: connection.revision,
    deleted,
    data,
  }
}
