import type { Connection } from '../configuration/model.ts'
import { toStreamError } from '../errors.ts'
import { contentDigest, derivedEventId } from '../events/identity.ts'
import { recordKey, type SourceEvent } from '../events/topics.ts'
import { ownershipFault, ownsSku } from '../rules/ownership.ts'
import type { Decision, Output, ProcessContext, Processed } from './processor.ts'

/** What every universal event says about where it comes from. */
export interface RowHeader<D> {
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

/** A row's content; `owned` false: its attributes say that it is not the vendor's. */
export interface MappedRow<D> {
  readonly data: D
  readonly owned: boolean
}

/** What came of one connection. */
interface Outcome {
  readonly output?: Output
  readonly decision: Decision
}

/**
 * One row for each connection of the context. A connection that can't map the entity gets a `failed` decision and the
 * others go on (Guarantee 5); one whose vendor does not own the SKU ignores it. Where it takes the product to tell, one
 * that is not the vendor's is a deleted row: it may have been the vendor's before. The shop's own entities are for all
 * SKUs. Answers at once unless `map` gives a promise.
 */
export function mapRows<E extends SourceEvent, D>(
  stage: string,
  event: E,
  context: ProcessContext,
  map: (connection: Connection) => MappedRow<D> | Promise<MappedRow<D>>,
  output: (row: RowHeader<D>, key: string) => Output,
): Processed<never> | Promise<Processed<never>> {
  const outcomes = context.connections.map((connection): Outcome | Promise<Outcome> => {
    const { id, shop } = connection
    const sent = ({ data, owned }: MappedRow<D>): Outcome => {
      const row = rowOf(stage, event, connection, data, event.deleted || !owned)
      const decision = owned ? processing(id) : notOwned(id, 'processing')
      return { output: output(row, recordKey(id, event.source, event.key)), decision }
    }
    const failed = (error: unknown): Outcome => ({
      decision: { connection: id, status: 'failed', error: toStreamError(error) },
    })
    try {
      const fault = ownershipFault(connection)
      if (fault !== null) return failed(fault)
      if (event.source !== shop && ownsSku(connection, event.key) === false) {
        return { decision: notOwned(id, 'ignored') }
      }
      const mapped = map(connection)
      return mapped instanceof Promise ? mapped.then(sent).catch(failed) : sent(mapped)
    } catch (error) {
      return failed(error)
    }
  })
  const waits = outcomes.some((outcome) => outcome instanceof Promise)
  return waits ? Promise.all(outcomes).then(joined) : joined(outcomes as readonly Outcome[])
}

function joined(outcomes: readonly Outcome[]): Processed<never> {
  return {
    outputs: outcomes.flatMap((outcome) => outcome.output ?? []),
    decisions: outcomes.map(({ decision }) => decision),
  }
}

function processing(connection: string): Decision {
  return { connection, status: 'processing', code: null, message: null }
}

function notOwned(connection: string, status: 'ignored' | 'processing'): Decision {
  return { connection, status, code: 'not_owned', message: `the SKU is not the vendor's of ${connection}` }
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
