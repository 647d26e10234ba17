import type { Logger } from 'pino'
import type { Configuration } from '../configuration/model.ts'
import { createNewerConfiguration, type NewerConfiguration } from '../configuration/newer-configuration.ts'
import {
  type ConnectionGuard,
  createConnectionGuard,
  type GuardTiming,
  usualGuardTiming,
} from '../control/connection-guard.ts'
import type { Pause } from '../control/pauses.ts'
import { hasFeed } from '../events/entities.ts'
import { type ProcessedKind, topicOf } from '../events/topics.ts'
import type { Clock } from '../platform/clock.ts'
import type { EventCodec } from '../platform/codec.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import type { LogProducer, OutgoingRecord } from '../platform/kafka/event-log.ts'
import type { Meter } from '../platform/metrics/meter.ts'
import type { ParkedRecord } from '../platform/runtime/parked-item.ts'
import type { Positions } from '../platform/runtime/positions.ts'
import type { Decoded, PartitionContext, Stage } from '../platform/runtime/stage.ts'
import type { StatusReporter } from '../platform/runtime/status-reporter.ts'
import { createTurns } from '../platform/runtime/turns.ts'
import { startRecordSpan } from '../platform/tracing/record-spans.ts'
import { endSpanAfter, type Span } from '../platform/tracing/tracer.ts'
import type { FindProducts } from '../rules/ownership.ts'
import { type LoadedStates, loadEntityStates } from './entity-states.ts'
import { createProgressNotes } from './note-progress.ts'
import { type BatchView, processBatch, sourceKey, type Work } from './process-batch.ts'
import type { Output, Processor, Remembered } from './processor.ts'
import {
  createWaitingRoom,
  type TakenUp,
  type TakingUp,
  type WaitingRoom,
  type WaitingRoomDeps,
} from './waiting-room.ts'

export interface ProcessorDeps extends WaitingRoomDeps {
  readonly producer: LogProducer
  readonly codec: EventCodec
  readonly tables: Tables
  readonly reporter: StatusReporter
  /** The newest configuration. */
  readonly configuration: () => Configuration
  readonly topicPrefix: string
  readonly clock: Clock
  readonly logger: Logger
  /** Vendors' products, for connections whose ownership depends on them. */
  readonly products?: FindProducts
  readonly guardTiming?: Partial<GuardTiming>
  readonly meter?: Meter
  /** Where the processors of feeds note their progress; undefined: nowhere. */
  readonly positions?: Pick<Positions, 'noteUntil'>
}

/** What the batches and releases of one processor share. */
interface ProcessorParts<K extends ProcessedKind, S extends Remembered> {
  readonly processor: Processor<K, S>
  readonly deps: ProcessorDeps
  readonly guard: ConnectionGuard
  readonly room: WaitingRoom
  readonly newer: NewerConfiguration
}

/** About as many as one fetch of a partition holds: a batch waits only once for whatever it waits for. */
const BATCH_SIZE = 1000

/**
 * Runs a processor as a stage. All events of a batch are sent at once, then states are written, failures dead-lettered
 * and results reported; only then the batch is done (Guarantee 1). A redelivered batch makes the same events again. A
 * connection that most entities fail for is paused: its records are parked and released in order, and the other
 * connections continue (Guarantee 5).
 */
export function processorStage<K extends ProcessedKind, S extends Remembered>(
  processor: Processor<K, S>,
  deps: ProcessorDeps,
): Stage<K> {
  const timing = { ...usualGuardTiming, ...deps.guardTiming }
  const guard = createConnectionGuard(processor.name, deps, timing)
  const room = createWaitingRoom(processor.name, deps, guard, timing.probeEveryMs)
  const newer = createNewerConfiguration(deps.tables, deps.clock)
  const parts: ProcessorParts<K, S> = { processor, deps, guard, room, newer }
  const isOfFeed = hasFeed(processor.from)
  // A parked record and a new one may belong to one entity and both change its state.
  const turns = createTurns()
  const taking: TakingUp = {
    groupOf: ({ connection }) => connection,
    order: (a, b) => (a.record.offset < b.record.offset ? -1 : 1),
    sideBySide: 1,
    newestOnly: false,
    inTurn: (_connection, work) => work(),
    async takeUp(parked, probe, context) {
      if (parked.what === 'check') return { results: [], waits: false }
      return await takeUp(parked, probe, parts, context)
    },
  }
  const topic = topicOf(processor.from)
  const progress = createProgressNotes(processor.name, topic, deps)
  // Before the first batch, too: an alert sees a step from 0, not one from no series.
  countUnaccounted(processor, deps, 0)
  return {
    name: processor.name,
    kind: processor.from,
    topics: [topic],
    batchSize: BATCH_SIZE,
    async handle(batch, context) {
      await turns.run(String(context.partition), () => handleBatch(batch, parts, context))
      const last = batch.at(-1)
      if (isOfFeed && last !== undefined) await progress.handled(context.partition, last.record.timestamp)
    },
    ...(isOfFeed
      ? { onIdle: (partitions: readonly number[], _topic: string, asOf: number) => progress.idle(partitions, asOf) }
      : {}),
    onTick: (context) => turns.run(String(context.partition), () => room.release(context, taking)),
  }
}

async function handleBatch<K extends ProcessedKind, S extends Remembered>(
  given: readonly Decoded<K>[],
  parts: ProcessorParts<K, S>,
  context: PartitionContext,
): Promise<void> {
  const { processor, deps, guard } = parts
  const batch = await admitted(given, parts)
  const startedAt = deps.clock.now()
  const states = await loadStates(parts, batch, context)
  const pauses = await guard.pauses()
  const view = viewOf(parts, {
    now: startedAt,
    paused: (connection) => pauses.get(connection),
    isWrong: (connection, key, error) => guard.isWrong(connection, key, error),
  })
  const work = await processBatch(processor, view, batch, states.known)
  countUnaccounted(processor, deps, work.unaccounted)
  await commitWork(work, states, parts, context, startedAt)
  context.assertOwned()
  if (work.results.length > 0) await deps.reporter.report(processor.name, context.partition, work.results)
}

function countUnaccounted({ from }: { readonly from: ProcessedKind }, { meter }: ProcessorDeps, lines: number): void {
  if (from === 'orders') meter?.count('waldstream_order_lines_unaccounted_total', {}, lines)
}

/** Admits the persons of the events: what is made of the events is encoded with the persons' keys. */
async function admitted<K extends ProcessedKind, S extends Remembered>(
  batch: readonly Decoded<K>[],
  { processor, deps }: ProcessorParts<K, S>,
): Promise<readonly Decoded<K>[]> {
  const { persons } = deps.codec
  if (persons === undefined) return batch
  const read = batch.map(({ event }) => event)
  const events = await persons.admit(processor.from, read)
  return batch.map((one, index) => ({ ...one, event: events[index] ?? one.event }))
}

/**
 * Processes a parked record again and keeps the outcome for its one connection; it is as repeatable as a batch. Records
 * behind it wait on if its connection is broken (again).
 */
async function takeUp<K extends ProcessedKind, S extends Remembered>(
  parked: ParkedRecord,
  probe: Pause | null,
  parts: ProcessorParts<K, S>,
  context: PartitionContext,
): Promise<TakenUp> {
  const { deps, processor, room } = parts
  const record = await room.recordOf(parked)
  const span = startRecordSpan(deps.tracer, processor.name, record)
  return await endSpanAfter(span, () =>
    takeUpRecord({ ...parked, record, whole: true }, { span, probe }, parts, context),
  )
}

async function takeUpRecord<K extends ProcessedKind, S extends Remembered>(
  parked: ParkedRecord,
  { span, probe }: { readonly span: Span | undefined; readonly probe: Pause | null },
  parts: ProcessorParts<K, S>,
  context: PartitionContext,
): Promise<TakenUp> {
  const { deps, guard, processor, room } = parts
  const { connection, record } = parked
  const read: Decoded<K> = { record, event: await deps.codec.decode(processor.from, record.value), span }
  const [decoded = read] = await admitted([read], parts)
  const pauses = await guard.pauses()
  const view = viewOf(parts, {
    now: deps.clock.now(),
    paused: (id) => (probe === null ? pauses.get(id) : undefined),
    // Only this connection counts: the others had the event already. A probe counts as a failure only if its policy is
    // `pause`.
    isWrong: (id, key, error) =>
      id === connection && (probe === null ? guard.isWrong(id, key, error) : error?.policy === 'pause'),
  })
  const states = await loadStates(parts, [decoded], context)
  const work = onlyFor(connection, await processBatch(processor, view, [decoded], states.known))
  if (work.parked.length > 0 || (probe !== null && work.failures.length > 0)) {
    for (const error of work.alarms.values()) await guard.begin(connection, error)
    context.assertOwned()
    const again = { ...parked, attempts: parked.attempts + 1 }
    await room.rows(context.partition).park(again, { held: connection })
    return { results: [], waits: true, endsGroup: true }
  }
  await commitWork(work, states, parts, context, parked.firstAt)
  if (probe !== null) await guard.end(probe)
  return { results: work.results, waits: false }
}

function viewOf<K extends ProcessedKind, S extends Remembered>(
  { deps, newer }: ProcessorParts<K, S>,
  pauses: Pick<BatchView, 'now' | 'paused' | 'isWrong'>,
): BatchView {
  const configuration = deps.configuration()
  return {
    ...pauses,
    configuration,
    newer: (needed) => newer.state(configuration.revision, needed),
    time: () => deps.clock.now(),
    products: deps.products,
    encode: (output) => encode(deps, output),
  }
}

/** Writes the whole outcome of a batch except its results, all acknowledged (Guarantee 1). */
async function commitWork<K extends ProcessedKind, S extends Remembered>(
  work: Work<S>,
  states: LoadedStates<S>,
  { deps, guard, room }: ProcessorParts<K, S>,
  context: PartitionContext,
  firstAt: number,
): Promise<void> {
  const outgoing = work.outputs.map((output) => output.record)
  context.assertOwned()
  if (outgoing.length > 0) await deps.producer.send(outgoing)
  context.assertOwned()
  if (work.states.size > 0) await states.write(work.states)
  for (const { record, event, connection, error } of work.failures) {
    const { key, taskId, eventId } = event
    await context.deadLetter(record, error, { connection, key, taskId, eventId, attempts: 1, firstAt })
  }
  for (const [connection, error] of work.alarms) await guard.begin(connection, error)
  context.assertOwned()
  const rows = room.rows(context.partition)
  for (const parked of work.parked) await rows.park(parked, { held: parked.connection })
}

function encode({ codec, topicPrefix }: ProcessorDeps, output: Output): OutgoingRecord {
  const topic = output.system === null ? output.kind : `${output.kind}.${output.system}`
  return { topic: topicPrefix + topic, key: output.key, value: codec.encode(output.kind, output.event) }
}

/** What the processor remembers of the batch's entities; empty if it remembers no state. */
function loadStates<K extends ProcessedKind, S extends Remembered>(
  { processor, deps }: ProcessorParts<K, S>,
  batch: readonly Decoded<K>[],
  { partition }: PartitionContext,
): Promise<LoadedStates<S>> {
  const keys = processor.remembers ? batch.map(({ event }) => sourceKey(event)) : []
  return loadEntityStates<S>(deps.tables, { processor: processor.name, partition }, keys)
}

/** The outcome of a record for one connection. */
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
