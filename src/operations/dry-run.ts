import type { Logger } from 'pino'
import type { Configuration } from '../configuration/model.ts'
import type { Original } from '../control/dead-letters/original.ts'
import { pauseTables } from '../control/pauses.ts'
import { type StreamError, toStreamError } from '../errors.ts'
import type { KindEvent } from '../events/topics.ts'
import type { Clock } from '../platform/clock.ts'
import type { EventCodec } from '../platform/codec.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import type { EventLog, OutgoingRecord } from '../platform/kafka/event-log.ts'
import type { BatchContext, Stage } from '../platform/runtime/stage.ts'
import type { StageResult } from '../platform/runtime/stage-result.ts'
import type { TopologyRow } from '../processors/topology.ts'
import type { FindProducts } from '../rules/ownership.ts'

export interface DryRunParts {
  readonly codec: EventCodec
  readonly tables: Tables
  readonly clock: Clock
  readonly logger: Logger
  readonly log: Pick<EventLog, 'read'>
  readonly topicPrefix: string
  readonly products?: FindProducts
}

/** The result of a processor for one record. */
export interface DryRun {
  /** Records that it would append. */
  readonly sent: readonly OutgoingRecord[]
  readonly errors: readonly DryRunError[]
  readonly decisions: readonly {
    readonly connection: string | null
    readonly status: string
    readonly code: string | null
    readonly message: string | null
  }[]
}

export interface DryRunError {
  /** Null: for all connections. */
  readonly connection: string | null
  readonly code: string
  readonly field: string | null
  readonly message: string
}

/** Runs the processor's own code on a record, with read-only tables and a producer that only collects records. */
export async function dryRun(
  { stage: stageOf }: TopologyRow,
  parts: DryRunParts,
  configuration: Configuration,
  { original, decoded }: { readonly original: Original; readonly decoded: KindEvent },
): Promise<DryRun> {
  const sent: OutgoingRecord[] = []
  const results: StageResult[] = []
  const errors: DryRunError[] = []
  const stage = stageOf({
    ...parts,
    tables: readOnly(parts.tables),
    producer: { send: async (records) => void sent.push(...records), close: async () => undefined },
    reporter: { report: async (_stage, _partition, reported) => void results.push(...reported) },
    configuration: () => configuration,
  }) as Stage<KindEvent['kind']>
  const context = contextOf(original, (connection, error) => errors.push(errorOf(connection, error)))
  try {
    await stage.handle([{ record: original, event: decoded.event }], context)
  } catch (thrown) {
    const error = toStreamError(thrown)
    if (error.policy === 'stop') throw error
    errors.push(errorOf(null, error))
  }
  const decisions = results.map(({ result: { connection, status, code, message } }) => ({
    connection,
    status,
    code,
    message,
  }))
  return { sent, errors, decisions }
}

export function errorOf(connection: string | null, { code, field, message }: StreamError): DryRunError {
  return { connection, code, field: field ?? null, message }
}

/** The context of a batch with one record; commits nothing. */
function contextOf(
  { topic, partition, offset }: Original,
  failed: (connection: string | null, error: StreamError) => void,
): BatchContext {
  return {
    topic,
    partition,
    highWatermark: offset + 1n,
    signal: new AbortController().signal,
    assertOwned: () => undefined,
    finished: () => undefined,
    deadLetter: async (_record, error, { connection }) => failed(connection, error),
  }
}

/** Discards writes. Reports no connection as paused, so that the mapping runs. */
function readOnly(tables: Tables): Tables {
  const paused = pauseTables.map(({ name }) => name)
  return {
    ...tables,
    query: async (table, range) => (paused.includes(table) ? [] : await tables.query(table, range)),
    put: async () => true,
    putMany: async () => undefined,
    insertMany: async () => [],
    update: async (_table, key) => ({ ...key }),
    delete: async () => true,
  }
}
