import type { Logger } from 'pino'
import type { Configuration } from '../configuration/model.ts'
import type { ConnectionGuard, GuardTiming } from '../control/connection-guard.ts'
import type { ProcessedKind } from '../events/topics.ts'
import type { Clock } from '../platform/clock.ts'
import type { EventCodec } from '../platform/codec.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import type { LogProducer, LogRecord, OutgoingRecord } from '../platform/kafka/event-log.ts'
import { createParking } from '../platform/runtime/parking.ts'
import type { QuietPartitions } from '../platform/runtime/quiet-partitions.ts'
import type { Decoded, PartitionContext } from '../platform/runtime/stage.ts'
import type { StatusReporter } from '../platform/runtime/status-reporter.ts'
import type { FindProducts } from '../rules/ownership.ts'
import { type LoadedStates, loadEntityStates } from './entity-states.ts'
import { type Failure, keyOf, type Work } from './process-batch.ts'
import type { Output, Processor, Remembered } from './processor.ts'

export interface ProcessorDeps {
  readonly producer: LogProducer
  readonly codec: EventCodec
  readonly tables: Tables
  readonly reporter: StatusReporter
  /** The newest configuration. */
  readonly configuration: () => Configuration
  readonly topicPrefix: string
  readonly clock: Clock
  readonly logger: Logger
  /** Reads a parked record again that was too large for a row. */
  readonly log: { read(topic: string, partition: number, offset: bigint): Promise<LogRecord | null | undefined> }
  /** Vendors' products, for connections whose ownership asks for them. */
  readonly products?: FindProducts
  readonly guardTiming?: Partial<GuardTiming>
}

/** What the batches and the releases of one processor share. */
export interface ProcessorKit<K extends ProcessedKind, S extends Remembered> {
  readonly processor: Processor<K, S>
  readonly deps: ProcessorDeps
  readonly guard: ConnectionGuard
  readonly quiet: QuietPartitions
}

/** Everything a batch came to, acknowledged (Guarantee 1). */
export async function commitWork<K extends ProcessedKind, S extends Remembered>(
  work: Work<S>,
  states: LoadedStates<S>,
  { processor, deps, guard, quiet }: ProcessorKit<K, S>,
  context: PartitionContext,
  startedAt: number,
): Promise<void> {
  const outgoing = work.outputs.map((output) => output.record)
  context.assertOwned()
  if (outgoing.length > 0) await deps.producer.send(outgoing)
  context.assertOwned()
  if (work.states.size > 0) await states.write(work.states)
  for (const failure of work.failures) await deadLetter(context, failure, startedAt)
  for (const [connection, error] of work.alarms) await guard.begin(connection, error)
  const parking = createParking(deps.tables, processor.name, context.partition, quiet)
  context.assertOwned()
  for (const parked of work.parked) await parking.park(parked, { held: parked.connection })
  context.assertOwned()
  if (work.results.length > 0) await deps.reporter.report(processor.name, context.partition, work.results)
}

export function encode({ codec, topicPrefix }: ProcessorDeps, output: Output): OutgoingRecord {
  const topic = output.system === null ? output.kind : `${output.kind}.${output.system}`
  return { topic: topicPrefix + topic, key: output.key, value: codec.encode(output.kind, output.event) }
}

function deadLetter(context: PartitionContext, failure: Failure, firstAt: number): Promise<void> {
  const { record, event, connection, error } = failure
  const { key, taskId, eventId } = event
  return context.deadLetter(record, error, { connection, key, taskId, eventId, attempts: 1, firstAt })
}

/** What the processor remembers of the batch's entities; nothing where it remembers nothing. */
export function loadStates<K extends ProcessedKind, S extends Remembered>(
  { processor, deps }: ProcessorKit<K, S>,
  batch: readonly Decoded<K>[],
  { partition }: PartitionContext,
): Promise<LoadedStates<S>> {
  const keys = processor.remembers ? batch.map(({ event }) => keyOf(event)) : []
  return loadEntityStates<S>(deps.tables, { processor: processor.name, partition }, keys)
}
