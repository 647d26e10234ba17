import type { Logger } from 'pino'
import type { Configuration } from '../configuration/model.ts'
import { decodeOriginal, type KindEvent, type Original, shownOf } from '../control/dead-letters/original.ts'
import type { PreviewRetry, RetryPreview } from '../control/dead-letters/preview.ts'
import { pauseTables } from '../control/pauses.ts'
import { type StreamError, toStreamError } from '../errors.ts'
import { isPerSystem, kindOf, type PerSystemKind, recordKey, type TopicEvents } from '../events/topics.ts'
import { versionRank } from '../events/version.ts'
import type { Clock } from '../platform/clock.ts'
import type { EventCodec } from '../platform/codec.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import type { EventLog, OutgoingRecord } from '../platform/kafka/event-log.ts'
import type { BatchContext, Stage } from '../platform/runtime/stage.ts'
import type { StageResult } from '../platform/runtime/stage-result.ts'
import { createDeliveries } from '../processors/delivery/deliveries.ts'
import { topology } from '../processors/topology.ts'
import type { FindProducts } from '../rules/ownership.ts'

interface Parts {
  readonly codec: EventCodec
  readonly tables: Tables
  readonly clock: Clock
  readonly logger: Logger
  readonly log: EventLog
  readonly topicPrefix: string
  readonly products?: FindProducts
}

const nothing = { errors: [], decisions: [], outputs: [], delivery: null } as const

/** Runs the stage's own code over the original, with tables that are only read and a producer that only listens. */
export function createPreview(parts: Parts, configuration: () => Promise<Configuration>): PreviewRetry {
  return async (stage, original, persons) => {
    const read = await decodeOriginal(parts, original)
    if ('error' in read) {
      const errors = [errorOf(null, read.error)]
      return { ...nothing, kind: 'other', verdict: 'it would fail again: it can not be read', event: null, errors }
    }
    const event = shownOf(read.decoded, persons)
    const row = topology.find(({ processor }) => processor === stage)
    if (row !== undefined) {
      const collected = await dryRun(row.stage, parts, await configuration(), {
        original,
        decoded: read.decoded,
        persons,
      })
      const verdict = collected.errors.length > 0 ? 'it would fail again' : 'it would go on'
      return { ...nothing, kind: 'processor', verdict, event, ...collected }
    }
    const { kind } = read.decoded
    if (!isPerSystem(kind)) {
      return { ...nothing, kind: 'other', verdict: `it can be read; ${stage} would handle it again`, event }
    }
    const delivered = await deliveryOf(parts.tables, kind, read.decoded.event as TopicEvents[PerSystemKind])
    return { ...nothing, kind: 'sink', event, ...delivered }
  }
}

async function dryRun(
  stageOf: (typeof topology)[number]['stage'],
  parts: Parts,
  configuration: Configuration,
  {
    original,
    decoded,
    persons,
  }: { readonly original: Original; readonly decoded: KindEvent; readonly persons: boolean },
): Promise<Pick<RetryPreview, 'errors' | 'decisions' | 'outputs'>> {
  const sent: OutgoingRecord[] = []
  const results: StageResult[] = []
  const errors: RetryPreview['errors'][number][] = []
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
  return { errors, decisions, outputs: await Promise.all(sent.map((record) => outputOf(parts, record, persons))) }
}

/** Of a batch of one record, in which nothing is committed. */
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

async function outputOf({ codec, topicPrefix }: Parts, { topic, key, value }: OutgoingRecord, persons: boolean) {
  const kind = kindOf(topic.slice(topicPrefix.length))
  return { topic, key, event: shownOf({ kind, event: await codec.decode(kind, value) } as KindEvent, persons) }
}

function errorOf(connection: string | null, { code, field, message }: StreamError) {
  return { connection, code, field: field ?? null, message }
}

/** What is written is gone; no connection is paused, so that what is mapped is seen. */
function readOnly(tables: Tables): Tables {
  const paused = pauseTables.map(({ name }) => name)
  return {
    ...tables,
    query: async (table, range) => (paused.includes(table) ? [] : await tables.query(table, range)),
    put: async () => true,
    putMany: async () => undefined,
    update: async (_table, key) => ({ ...key }),
    delete: async () => true,
  }
}

async function deliveryOf(
  tables: Tables,
  kind: PerSystemKind,
  event: TopicEvents[PerSystemKind],
): Promise<Pick<RetryPreview, 'verdict' | 'delivery'>> {
  const row = await createDeliveries(tables).find(event.connection, recordKey(kind, event.key))
  if (row === undefined) return { verdict: 'it would be sent: the target was given nothing of it yet', delivery: null }
  const newer = row.rank > versionRank(event)
  const delivery = { state: row.state, target_id: row.targetId, newer }
  if (newer) return { verdict: 'it would end superseded: a newer version was sent', delivery }
  const isThere = row.state === 'delivered' && row.digest === event.contentDigest
  return { verdict: isThere ? 'it would change nothing: the target has it' : 'it would be sent', delivery }
}
