import type { System } from '../../configuration/model.ts'
import type { Pause } from '../../control/pauses.ts'
import { entityOf, type PerSystemKind, recordKey, topicOf } from '../../events/topics.ts'
import { versionRank } from '../../events/version.ts'
import { forEachKey } from '../../platform/bounded.ts'
import { openCircuit } from '../../platform/runtime/breaker-state.ts'
import type { ParkedRecord } from '../../platform/runtime/parked-item.ts'
import { ORDER_HELD, type Parked, type ParkedCheck } from '../../platform/runtime/parking.ts'
import type { BatchContext, Decoded, PartitionContext, Stage } from '../../platform/runtime/stage.ts'
import {
  aboutEvent,
  mappedPlaces,
  type ResultEnd,
  type StageResult,
  stageResult,
} from '../../platform/runtime/stage-result.ts'
import { startRecordSpan } from '../../platform/tracing/record-spans.ts'
import { endSpanAfter, inSpan } from '../../platform/tracing/tracer.ts'
import type { Sink } from '../../systems/kit/sink.ts'
import { parkedResult, superseded, type TakenUp, type TakingUp } from '../waiting-room.ts'
import { type Conclusion, conclude, deliveryKey } from './conclude.ts'
import { sinkName } from './sink-name.ts'
import { createSinkParts, type SinkDeps, type SinkParts, sideBySide } from './sink-work.ts'

/** A record takes several requests: a batch must be committed well before the stage looks stuck. */
const BATCH_SIZE = 50
/** A system that was not reached for so long is reported as down, also before its deliveries pause. */
const SUSPECT_AFTER_MS = 30_000

/**
 * Delivers one kind of event to one system. Keys are delivered in parallel, up to the system's concurrency; of each key
 * only the newest event, and only if the target does not have it yet (Guarantees 3 and 4). A bad entity is
 * dead-lettered, a waiting one is parked, a connection whose entities keep failing is paused: none of them delays
 * others (Guarantee 5). While the system is down its deliveries wait; none fails.
 */
export function sinkStage<K extends PerSystemKind>(system: System, sink: Sink<K>, deps: SinkDeps): Stage<K> {
  const name = sinkName(sink.kind, system.id)
  const parts = createSinkParts(name, system, sink, deps)
  const taking: TakingUp = {
    groupOf: ({ connection, key }) => recordKey(connection, key),
    order: newestFirst,
    sideBySide: sideBySide(parts),
    newestOnly: true,
    inTurn: (group, work) => parts.turns.run(group, work),
    takeUp: (parked, probe, context) => takeUp(parked, probe, parts, context),
  }
  return {
    name,
    kind: sink.kind,
    topics: [topicOf(sink.kind, system.id)],
    batchSize: BATCH_SIZE,
    withoutPosition: 'refuse',
    handle: (batch, context) => deliverBatch(batch, parts, context),
    onTick: (context) => parts.room.release(context, taking),
    circuit: () => ({
      system: system.id,
      open: openCircuit(system.id, parts.breaker.state(), deps.clock.now()),
      waiting: parts.breaker.waiting(),
    }),
    heldBack() {
      const { openings, since } = parts.breaker.state()
      if (since === null || (openings === 0 && deps.clock.now() - since < SUSPECT_AFTER_MS)) return null
      return `${system.id} does not answer since ${new Date(since).toISOString()}`
    },
  }
}

interface BatchResults {
  readonly results: StageResult[]
  /** Parked records that newer ones replaced. */
  readonly replaced: Parked[]
}

async function deliverBatch<K extends PerSystemKind>(
  batch: readonly Decoded<K>[],
  parts: SinkParts<K>,
  context: BatchContext,
): Promise<void> {
  const delivered: BatchResults = { results: [], replaced: [] }
  const newest = newestOfKeys(batch)
  for (const decoded of batch) {
    if (newest.get(targetKey(decoded)) === decoded) continue
    delivered.results.push(deliveryResult(decoded, parts, superseded('a newer version is in the same batch')))
  }
  await forEachKey([...newest.values()], targetKey, sideBySide(parts), (decoded) => {
    const { connection } = decoded.event
    const turn = recordKey(connection, deliveryKey(parts.sink.kind, decoded.event))
    return parts.turns.run(turn, () => deliverRecord(decoded, parts, context, delivered))
  })
  context.assertOwned()
  if (delivered.results.length > 0) {
    await parts.deps.reporter.report(parts.stage, context.partition, delivered.results)
  }
  const rows = parts.room.rows(context.partition)
  for (const parked of delivered.replaced) await rows.remove(parked)
}

async function deliverRecord<K extends PerSystemKind>(
  decoded: Decoded<K>,
  parts: SinkParts<K>,
  context: BatchContext,
  delivered: BatchResults,
): Promise<void> {
  const { record, event, span } = decoded
  const firstAt = parts.deps.clock.now()
  const entry = { check: null, record, event, attempts: 0, firstAt, fresh: true, probe: null } as const
  const conclusion = await inSpan(span, () => conclude(entry, parts, context))
  delivered.results.push(deliveryResult(decoded, parts, conclusion.end))
  if (conclusion.othersParked) await replaceParked(decoded, conclusion, parts, context, delivered)
}

/** Older versions of the key that wait are superseded by this one, whatever its outcome. */
async function replaceParked<K extends PerSystemKind>(
  { record, event }: Decoded<K>,
  conclusion: Conclusion,
  parts: SinkParts<K>,
  context: BatchContext,
  { results, replaced }: BatchResults,
): Promise<void> {
  const { connection } = event
  const key = deliveryKey(parts.sink.kind, event)
  const rank = versionRank(event)
  const all = await parts.room.rows(context.partition).ofKey(connection, key)
  // Its own row, parked by an earlier delivery of the batch, goes when it does not wait any more.
  const isOwn = (offset: bigint) => offset === record.offset && conclusion.parked
  const older = all.filter((parked) => parked.rank <= rank && !isOwn(parked.record.offset))
  for (const parked of older) {
    // The same version in another record has its result already.
    if (parked.rank < rank) results.push(parkedResult(parked, superseded('a newer version came')))
    replaced.push({ what: 'record', ...parked })
  }
  if (older.length === all.length && !conclusion.parked) await parts.deliveries.noteParked(connection, key, false)
}

/** One attempt for a parked entry: a record, or the newest version of a key whose target is checked. */
async function takeUp<K extends PerSystemKind>(
  parked: Parked,
  probe: Pause | null,
  parts: SinkParts<K>,
  context: PartitionContext,
): Promise<TakenUp> {
  const { attempts, firstAt } = parked
  const check = parked.what === 'check' ? parked : null
  const record = parked.what === 'check' ? await deliveredRecord(parked, parts) : await parts.room.recordOf(parked)
  const event = await parts.decode(record)
  const entry = { check, record, event, attempts, firstAt, fresh: false, probe } as const
  const span = startRecordSpan(parts.deps.tracer, parts.stage, record)
  const conclusion = await endSpanAfter(span, () => conclude(entry, parts, context))
  const waits = conclusion.parked
  if (parked.what === 'record') {
    return { results: waits && isReported(parked, conclusion.end) ? [] : [parkedResult(parked, conclusion.end)], waits }
  }
  const isNews = !waits || (parked.attempts === 0 && (await parts.guard.pauses()).get(event.connection) === undefined)
  return { results: parked.told && isNews ? [deliveryResult({ record, event }, parts, conclusion.end)] : [], waits }
}

/** It waits because its order is held, which was reported before. */
function isReported({ code, message }: ParkedRecord, end: ResultEnd): boolean {
  return code === ORDER_HELD && end.code === code && end.message === message
}

/** The record of the newest version whose delivery began. */
async function deliveredRecord<K extends PerSystemKind>({ id, connection, key }: ParkedCheck, parts: SinkParts<K>) {
  const origin = (await parts.deliveries.find(connection, key))?.origin
  if (origin === undefined || origin === null) throw new Error(`${id} names a key that was never delivered`)
  return await parts.room.read(origin.topic, origin.partition, BigInt(origin.offset))
}

function newestFirst(a: ParkedRecord, b: ParkedRecord): number {
  if (a.rank !== b.rank) return a.rank < b.rank ? 1 : -1
  return a.record.offset < b.record.offset ? 1 : -1
}

/** Identifies an entity at the target, whatever its version. */
function targetKey<K extends PerSystemKind>({ event }: Decoded<K>): string {
  return recordKey(event.connection, event.key)
}

function newestOfKeys<K extends PerSystemKind>(batch: readonly Decoded<K>[]): Map<string, Decoded<K>> {
  const newest = new Map<string, Decoded<K>>()
  for (const decoded of batch) {
    const known = newest.get(targetKey(decoded))
    if (known === undefined || versionRank(decoded.event) >= versionRank(known.event))
      newest.set(targetKey(decoded), decoded)
  }
  return newest
}

function deliveryResult<K extends PerSystemKind>(
  { record, event }: Decoded<K>,
  { sink }: SinkParts<K>,
  end: ResultEnd,
): StageResult {
  return stageResult(aboutEvent(entityOf(sink.kind), event, event.connection), end, mappedPlaces(record))
}
