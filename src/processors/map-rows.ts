import type { Connection } from '../configuration/model.ts'
import { toStreamError } from '../errors.ts'
import { contentDigest, derivedEventId } from '../events/identity.ts'
import { recordKey, type SourceEvent } from '../events/topics.ts'
import { ownsSku } from '../rules/ownership.ts'
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

/**
 * One row for each connection of the context. A connection that can't map the entity gets a `failed` decision and the
 * others go on (Guarantee 5); one whose vendor does not own the SKU ignores it. Where the product itself decides, one
 * that is not the vendor's is a deleted row: it may have been the vendor's before. The shop's own entities are for all
 * SKUs.
 */
export async function mapRows<E extends SourceEvent, D>(
  stage: string,
  event: E,
  context: ProcessContext,
  map: (connection: Connection) => Promise<MappedRow<D>>,
  output: (row: RowHeader<D>, key: string) => Output,
): Promise<Processed<never>> {
  const outputs: Output[] = []
  const decisions: Decision[] = []
  for (const connection of context.connections) {
    const { id, shop } = connection
    if (event.source !== shop && ownsSku(connection, event.key) === false) {
      decisions.push(notOwned(id, 'ignored'))
      continue
    }
    try {
      const { data, owned } = await map(connection)
      const row = rowOf(stage, event, connection, data, event.deleted || !owned)
      outputs.push(output(row, recordKey(id, event.source, event.key)))
      decisions.push(owned ? processing(id) : notOwned(id, 'processing'))
    } catch (error) {
      decisions.push({ connection: id, status: 'failed', error: toStreamError(error) })
    }
  }
  return { outputs, decisions }
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
