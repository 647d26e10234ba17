import type { Connection } from '../core/model.ts'
import { ownsLine } from '../core/ownership.ts'
import { toStreamError } from '../errors.ts'
import { contentDigest, derivedEventId } from '../events/identity.ts'
import { recordKey, type SourceEvent } from '../events/topics.ts'
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

/**
 * One row for each connection of the context. A connection that can't map the entity gets a `failed` decision and the
 * others go on (Guarantee 5); one whose vendor does not own the SKU ignores it. The shop's own entities are for all SKUs.
 */
export function mapRows<E extends SourceEvent, D>(
  stage: string,
  event: E,
  context: ProcessContext,
  map: (connection: Connection) => D,
  output: (row: RowHeader<D>, key: string) => Output,
): Processed<never> {
  const outputs: Output[] = []
  const decisions: Decision[] = []
  for (const connection of context.connections) {
    const { id } = connection
    if (event.source !== connection.shop && !ownsLine(connection, event.key)) {
      const message = `the SKU is not the vendor's of ${id}`
      decisions.push({ connection: id, status: 'ignored', code: 'not_owned', message })
      continue
    }
    try {
      const row = rowOf(stage, event, connection, map(connection))
      outputs.push(output(row, recordKey(id, event.source, event.key)))
      decisions.push({ connection: id, status: 'processing', code: null, message: null })
    } catch (error) {
      decisions.push({ connection: id, status: 'failed', error: toStreamError(error) })
    }
  }
  return { outputs, decisions }
}

function rowOf<D>(stage: string, event: SourceEvent, connection: Connection, data: D): RowHeader<D> {
  return {
    eventId: derivedEventId(event.eventId, stage, connection.id, connection.revision),
    contentDigest: contentDigest({ deleted: event.deleted, data }),
    connection: connection.id,
    source: event.source,
    key: event.key,
    taskId: event.taskId,
    occurredAt: event.occurredAt,
    readAt: event.readAt,
    mappingRevision: connection.revision,
    deleted: event.deleted,
    data,
  }
}
