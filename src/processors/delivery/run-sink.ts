import type { System } from '../../configuration/model.ts'
import { type PerSystemKind, recordKey, topicOf } from '../../events/topics.ts'
import { versionRank } from '../../events/version.ts'
import { forEachKey } from '../../platform/bounded.ts'
import type { Parked } from '../../platform/runtime/parking.ts'
import type { BatchContext, Decoded, Stage } from '../../platform/runtime/stage.ts'
import type { StageResult } from '../../platform/runtime/stage-result.ts'
import { mappedPlaces } from '../../platform/runtime/stage-result.ts'
import type { Sink } from '../../systems/kit/sink.ts'
import { aboutOf, type Conclusion, conclude, deliveryKey, superseded } from './conclude.ts'
import { releaseParked } from './release-parked.ts'
import { sinkName } from './sink-name.ts'
import { createSinkKit, type SinkDeps, type SinkKit, sideBySide } from './sink-work.ts'

/** A record takes several requests: what is committed at once is to be done well before it looks stuck. */
const BATCH_SIZE = 50
/** A system that was not reached for so long is said to be down, also before its deliveries pause. */
const SUSPECT_AFTER_MS = 30_000

/**
 * Delivers one kind of event to one system. Keys are delivered side by side, as many as the system's concurrency; of a
 * key only the newest event, and only when the target does not have it yet (Guarantees 3 and 4). An entity that is wrong
 * is dead-lettered, one that waits is parked, a connection whose entities keep failing is paused: nothing of it delays
 * others (Guarantee 5). While the system is down its deliveries wait, and nothing is given up.
 */
export function sinkStage<K extends PerSystemKind>(system: System, sink: Sink<K>, deps: SinkDeps): Stage<K> {
  const name = sinkName(sink.kind, system.id)
  const kit = createSinkKit(name, system, sink, deps)
  return {
    name,
    kind: sink.kind,
    topics: [topicOf(sink.kind, system.id)],
    batchSize: BATCH_SIZE,
    withoutPosition: 'refuse',
    handle: (batch, context) => deliverBatch(batch, kit, context),
    onTick: (context) => releaseParked(kit, context),
    heldBack() {
      const { openings, since } = kit.breaker.state()
      if (since === null || (openings === 0 && deps.clock.now() - since < SUSPECT_AFTER_MS)) return null
      return `${system.id} does not answer since ${new Date(since).toISOString()}`
    },
  }
}

interface BatchResults {
  readonly results: StageResult[]
  /** Parked records that newer ones took the place of. */
  readonly replaced: Parked[]
}

async function deliverBatch<K extends PerSystemKind>(
  batch: readonly Decoded<K>[],
  kit: SinkKit<K>,
  context: BatchContext,
): Promise<void> {
  const delivered: BatchResults = { results: [], replaced: [] }
  const newest = newestOfKeys(batch)
  for (const decoded of batch) {
    if (newest.get(keyOf(decoded)) === decoded) continue
    delivered.results.push(resultOf(decoded, kit, superseded('a newer version is in the same batch')))
  }
  await forEachKey([...newest.values()], keyOf, sideBySide(kit), (decoded) => {
    const { connection } = decoded.event
    const turn = recordKey(connection, deliveryKey(kit.sink.kind, decoded.event))
    return kit.turns.run(turn, () => deliverRecord(decoded, kit, context, delivered))
  })
  context.assertOwned()
  if (delivered.results.length > 0) {
    await kit.deps.reporter.report(kit.stage, context.partition, delivered.results)
  }
  const parking = kit.parkingOf(context.partition)
  for (const parked of delivered.replaced) await parking.remove(parked)
}

async function deliverRecord<K extends PerSystemKind>(
  decoded: Decoded<K>,
  kit: SinkKit<K>,
  context: BatchContext,
  delivered: BatchResults,
): Promise<void> {
  const { record, event } = decoded
  const firstAt = kit.deps.clock.now()
  const entry = { check: null, record, event, attempts: 0, firstAt, fresh: true, probe: false } as const
  const conclusion = await conclude(entry, kit, context)
  delivered.results.push(resultOf(decoded, kit, conclusion.end))
  if (conclusion.othersParked) await replaceParked(decoded, conclusion, kit, context, delivered)
}

/** Older versions of the key that wait are superseded by this one, wherever it ended. */
async function replaceParked<K extends PerSystemKind>(
  { record, event }: Decoded<K>,
  conclusion: Conclusion,
  kit: SinkKit<K>,
  context: BatchContext,
  { results, replaced }: BatchResults,
): Promise<void> {
  const { connection } = event
  const key = deliveryKey(kit.sink.kind, event)
  const rank = versionRank(event)
  const all = await kit.parkingOf(context.partition).ofKey(connection, key)
  // Its own row, where an earlier handing over parked it, goes when it does not wait any more.
  const isOwn = (offset: bigint) => offset === record.offset && conclusion.parked
  const older = all.filter((parked) => parked.rank <= rank && !isOwn(parked.record.offset))
  for (const parked of older) {
    const { taskId, ...entity } = parked.about
    // The same version in another record has its result already.
    if (parked.rank < rank) results.push({ taskId, result: { ...entity, ...superseded('a newer version came') } })
    replaced.push({ what: 'record', ...parked })
  }
  if (older.length === all.length && !conclusion.parked) await kit.deliveries.noteParked(connection, key, false)
}

function keyOf<K extends PerSystemKind>({ event }: Decoded<K>): string {
  return recordKey(event.connection, event.key)
}

function newestOfKeys<K extends PerSystemKind>(batch: readonly Decoded<K>[]): Map<string, Decoded<K>> {
  const newest = new Map<string, Decoded<K>>()
  for (const decoded of batch) {
    const known = newest.get(keyOf(decoded))
    if (known === undefined || versionRank(decoded.event) >= versionRank(known.event))
      newest.set(keyOf(decoded), decoded)
  }
  return newest
}

function resultOf<K extends PerSystemKind>(
  { record, event }: Decoded<K>,
  kit: SinkKit<K>,
  end: Conclusion['end'],
): StageResult {
  const { taskId, ...entity } = aboutOf(kit.sink.kind, event)
  return { taskId, result: { ...entity, ...end }, places: mappedPlaces(record) }
}
