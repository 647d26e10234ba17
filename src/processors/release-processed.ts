import { isBehind } from '../configuration/read-configuration.ts'
import { StreamError } from '../errors.ts'
import type { ProcessedKind } from '../events/topics.ts'
import type { ParkedRecord } from '../platform/runtime/parked-item.ts'
import { createParking, type Parking } from '../platform/runtime/parking.ts'
import type { Decoded, PartitionContext } from '../platform/runtime/stage.ts'
import { commitWork, encode, loadStates, type ProcessorKit } from './commit-work.ts'
import { type BatchView, processBatch, type Work } from './process-batch.ts'
import type { Remembered } from './processor.ts'

/** Parked records that are taken up at once. */
const AT_ONCE = 100

/**
 * Takes up what is parked for connections whose pause is over, in the order of the log, and one record of those whose
 * time to be tried has come. Each record is processed again, and what comes of it for its one connection is kept: it is
 * as repeatable as a batch. A row is removed after that is acknowledged (Guarantee 1).
 */
export async function releaseProcessed<K extends ProcessedKind, S extends Remembered>(
  kit: ProcessorKit<K, S>,
  context: PartitionContext,
): Promise<void> {
  const { partition } = context
  const { quiet, deps } = kit
  if (quiet.isQuiet(partition, deps.clock.now())) return
  const parking = createParking(deps.tables, kit.processor.name, partition, quiet)
  const mark = quiet.mark(partition)
  if (await parking.isEmpty()) return quiet.noteEmpty(partition, mark, deps.clock.now())
  for (const connection of await parking.holders()) {
    const paused = (await kit.guard.pauses()).get(connection)
    if (paused !== undefined && !(await kit.guard.claim(paused))) continue
    const held = await parking.heldFor(connection, paused === undefined ? AT_ONCE : 1)
    const records = held.filter((parked) => parked.what === 'record').toSorted(byOffset)
    for (const parked of records) {
      if (!(await takeUp(parked, paused !== undefined, kit, parking, context))) break
    }
  }
}

const byOffset = (a: ParkedRecord, b: ParkedRecord): number => (a.record.offset < b.record.offset ? -1 : 1)

/** False: the connection is wrong (again), and the rest of its records stays. */
async function takeUp<K extends ProcessedKind, S extends Remembered>(
  parked: ParkedRecord & { readonly what: 'record' },
  probe: boolean,
  kit: ProcessorKit<K, S>,
  parking: Parking,
  context: PartitionContext,
): Promise<boolean> {
  const { deps, guard, processor } = kit
  const { connection } = parked
  const decoded = await decode(parked, kit)
  const configuration = deps.configuration()
  const view: BatchView = {
    configuration,
    isBehind: () => isBehind(deps.tables, configuration),
    now: deps.clock.now(),
    time: () => deps.clock.now(),
    products: deps.products,
    encode: (output) => encode(deps, output),
    paused: () => undefined,
    // Of the connections only this one counts: the others had the event already.
    trips: (id, key, error) => id === connection && !probe && guard.trips(id, key, error),
  }
  const states = await loadStates(kit, [decoded], context)
  const work = onlyFor(connection, await processBatch(processor, view, [decoded], states.known))
  const isWrong = work.failures.length > 0 || work.alarms.size > 0
  if (isWrong && (probe || work.alarms.size > 0)) {
    for (const error of work.alarms.values()) await guard.begin(connection, error)
    context.assertOwned()
    await parking.park(
      { ...parked, record: decoded.record, whole: true, attempts: parked.attempts + 1 },
      { held: connection },
    )
    return false
  }
  await commitWork(work, states, kit, context, parked.firstAt)
  await parking.remove(parked)
  if (probe) await guard.end(connection)
  return true
}

async function decode<K extends ProcessedKind, S extends Remembered>(
  { record: place, whole }: ParkedRecord,
  { deps, processor }: ProcessorKit<K, S>,
): Promise<Decoded<K>> {
  const { topic, partition, offset } = place
  const record = whole ? place : await deps.log.read(topic, partition, offset)
  if (!record) throw new StreamError('not_found', `offset ${offset} of partition ${partition} of ${topic} is not kept`)
  return { record, event: await deps.codec.decode(processor.from, record.value) }
}

function onlyFor<S>(connection: string, work: Work<S>): Work<S> {
  return {
    ...work,
    outputs: work.outputs.filter((output) => output.connection === connection),
    failures: work.failures
      .filter((failure) => failure.connection === null || failure.connection === connection)
      .map((failure) => ({ ...failure, connection })),
    parked: work.parked.filter((parked) => parked.connection === connection),
    alarms: new Map([...work.alarms].filter(([id]) => id === connection)),
    results: work.results.filter(({ result }) => result.connection === connection),
  }
}
