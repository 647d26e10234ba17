import { toStreamError } from '../../errors.ts'
import { type PerSystemKind, recordKey } from '../../events/topics.ts'
import { forEachKey } from '../../platform/bounded.ts'
import type { ParkedRecord } from '../../platform/runtime/parked-item.ts'
import type { Parked, Parking } from '../../platform/runtime/parking.ts'
import type { PartitionContext } from '../../platform/runtime/stage.ts'
import type { StageResult } from '../../platform/runtime/stage-result.ts'
import { mappedPlaces } from '../../platform/runtime/stage-result.ts'
import { type Conclusion, conclude, type Entry, superseded } from './conclude.ts'
import { type SinkKit, sideBySide } from './sink-work.ts'

/** Parked records that are taken up at once. */
const AT_ONCE = 100

/** What is to be taken up: all that is parked of one key. */
interface Release {
  readonly parked: readonly Parked[]
  readonly probe: boolean
}

interface Released {
  readonly results: StageResult[]
  readonly done: Parked[]
}

/**
 * Takes up what is due in a partition: keys side by side; of a key the newest version, the older ones are superseded.
 * A row is removed after its result is acknowledged (Guarantee 1): what is cut off before is taken up again.
 */
export async function releaseParked<K extends PerSystemKind>(
  kit: SinkKit<K>,
  context: PartitionContext,
): Promise<void> {
  const { partition } = context
  const { quiet, deps } = kit
  if (quiet.isQuiet(partition, deps.clock.now())) return
  const parking = kit.parkingOf(partition)
  const mark = quiet.mark(partition)
  if (await parking.isEmpty()) return quiet.noteEmpty(partition, mark, deps.clock.now())
  const releases = await dueReleases(kit, parking)
  if (releases.length === 0) return
  const released: Released = { results: [], done: [] }
  await forEachKey(releases, nameOf, sideBySide(kit), (release) =>
    kit.turns.run(nameOf(release), () => releaseKey(release, kit, parking, context, released)),
  )
  context.assertOwned()
  if (released.results.length > 0) await kit.deps.reporter.report(kit.stage, context.partition, released.results)
  for (const parked of released.done) await parking.remove(parked)
}

function nameOf({ parked: [first] }: Release): string {
  return first === undefined ? '' : recordKey(first.connection, first.key)
}

async function dueReleases<K extends PerSystemKind>(kit: SinkKit<K>, parking: Parking): Promise<readonly Release[]> {
  const now = kit.deps.clock.now()
  const due: Parked[] = [...(await parking.due(now, AT_ONCE))]
  const probes: Parked[] = []
  for (const connection of await parking.holders()) {
    const paused = (await kit.guard.pauses()).get(connection)
    if (paused === undefined) due.push(...(await parking.heldFor(connection, AT_ONCE)))
    else if (await kit.guard.claim(paused)) probes.push(...(await parking.heldFor(connection, 1)))
  }
  const byKey = Map.groupBy(due, ({ connection, key }) => recordKey(connection, key))
  return [
    ...probes.map((parked) => ({ parked: [parked], probe: true })),
    ...[...byKey.values()].map((parked) => ({ parked, probe: false })),
  ]
}

async function releaseKey<K extends PerSystemKind>(
  release: Release,
  kit: SinkKit<K>,
  parking: Parking,
  context: PartitionContext,
  { results, done }: Released,
): Promise<void> {
  const records = release.parked.filter((parked) => parked.what === 'record').toSorted(newestFirst)
  const [newest, ...older] = records
  for (const parked of older) {
    if (parked.rank !== newest?.rank) results.push(resultOf(parked, superseded('a newer version waits as well')))
    done.push(parked)
  }
  for (const parked of release.parked) {
    if (parked.what === 'record' && parked !== newest) continue
    const conclusion = await takeUp(parked, release.probe, kit, parking, context)
    if (conclusion === null) continue
    if (parked.what === 'record') results.push(resultOf(parked, conclusion.end))
    if (!conclusion.parked) done.push(parked)
  }
}

function newestFirst(a: ParkedRecord, b: ParkedRecord): number {
  if (a.rank !== b.rank) return a.rank < b.rank ? 1 : -1
  return a.record.offset < b.record.offset ? 1 : -1
}

function resultOf({ about: { taskId, ...entity }, record }: ParkedRecord, end: Conclusion['end']): StageResult {
  return { taskId, result: { ...entity, ...end }, places: mappedPlaces(record) }
}

/** Null: it could not be read, and stays where it is for now. */
async function takeUp<K extends PerSystemKind>(
  parked: Parked,
  probe: boolean,
  kit: SinkKit<K>,
  parking: Parking,
  context: PartitionContext,
): Promise<Conclusion | null> {
  try {
    const entry = await entryOf(parked, probe, kit)
    return await conclude(entry, kit, context)
  } catch (thrown) {
    const error = toStreamError(thrown)
    if (error.policy === 'stop') throw error
    const { stage } = kit
    kit.deps.logger.error({ stage, parked: parked.id, err: error }, 'a parked record can not be taken up; it stays')
    const at = kit.deps.clock.now() + kit.timing.parked.longestMs
    if (parked.what === 'record') await parking.park(parked, { at })
    else await parking.postpone(parked, at)
    return null
  }
}

async function entryOf<K extends PerSystemKind>(parked: Parked, probe: boolean, kit: SinkKit<K>): Promise<Entry<K>> {
  const { attempts, firstAt } = parked
  const record = await recordOf(parked, kit)
  const check = parked.what === 'check' ? parked : null
  return { check, record, event: await kit.decode(record), attempts, firstAt, fresh: false, probe }
}

async function recordOf<K extends PerSystemKind>(parked: Parked, kit: SinkKit<K>) {
  if (parked.what === 'record') {
    const { topic, partition, offset } = parked.record
    return parked.whole ? parked.record : await kit.read(topic, partition, offset)
  }
  const origin = (await kit.deliveries.find(parked.connection, parked.key))?.origin
  if (origin === undefined || origin === null) throw new Error(`${parked.id} has no delivery to look at`)
  return await kit.read(origin.topic, origin.partition, BigInt(origin.offset))
}
