import type { Logger } from 'pino'
import type { Configuration, System } from '../../configuration/model.ts'
import { type ConnectionGuard, createConnectionGuard } from '../../control/connection-guard.ts'
import { StreamError } from '../../errors.ts'
import type { PerSystemKind, TopicEvents } from '../../events/topics.ts'
import type { Clock } from '../../platform/clock.ts'
import type { EventCodec } from '../../platform/codec.ts'
import type { Tables } from '../../platform/dynamodb/tables.ts'
import type { LogRecord } from '../../platform/kafka/event-log.ts'
import { type Breaker, createBreaker } from '../../platform/runtime/breaker.ts'
import type { BreakerState } from '../../platform/runtime/breaker-state.ts'
import { createParking, type Parking } from '../../platform/runtime/parking.ts'
import { createQuietPartitions, type QuietPartitions } from '../../platform/runtime/quiet-partitions.ts'
import type { StatusReporter } from '../../platform/runtime/status-reporter.ts'
import { createTurns, type Turns } from '../../platform/runtime/turns.ts'
import type { Sink } from '../../systems/kit/sink.ts'
import { createDeliveries, type Deliveries } from './deliveries.ts'
import { type SinkTiming, usualTiming } from './timing.ts'

export interface SinkDeps {
  readonly tables: Tables
  readonly reporter: StatusReporter
  /** The newest configuration. */
  readonly configuration: () => Configuration
  readonly clock: Clock
  readonly logger: Logger
  readonly codec: Pick<EventCodec, 'decode'>
  /** Reads one record again: of a key that is to be looked at, or of one too large for a row. */
  readonly log: { read(topic: string, partition: number, offset: bigint): Promise<LogRecord | null | undefined> }
  /** In [0, 1). */
  readonly random?: () => number
  readonly timing?: Partial<SinkTiming>
}

/** What all deliveries of one sink share. */
export interface SinkKit<K extends PerSystemKind> {
  readonly stage: string
  readonly system: System
  readonly sink: Sink<K>
  readonly deps: SinkDeps
  readonly timing: SinkTiming
  readonly random: () => number
  readonly deliveries: Deliveries
  readonly breaker: Breaker
  readonly guard: ConnectionGuard
  readonly turns: Turns
  readonly quiet: QuietPartitions
  parkingOf(partition: number): Parking
  decode(record: LogRecord): Promise<TopicEvents[K]>
  /** The record at a place of our topic. */
  read(topic: string, partition: number, offset: bigint): Promise<LogRecord>
}

export function createSinkKit<K extends PerSystemKind>(
  stage: string,
  system: System,
  sink: Sink<K>,
  deps: SinkDeps,
): SinkKit<K> {
  const { tables, clock, random = Math.random } = deps
  const timing = { ...usualTiming, ...deps.timing }
  const quiet = createQuietPartitions()
  const onChange = (state: BreakerState) => tell(deps.logger, system.id, state)
  return {
    ...{ stage, system, sink, deps, timing, random },
    deliveries: createDeliveries(tables),
    breaker: createBreaker({ clock, random, limits: timing.breaker, onChange }),
    guard: createConnectionGuard(stage, deps, timing),
    turns: createTurns(),
    quiet,
    parkingOf: (partition) => createParking(tables, stage, partition, quiet),
    decode: (record) => deps.codec.decode(sink.kind, record.value),
    async read(topic, partition, offset) {
      const record = await deps.log.read(topic, partition, offset)
      if (record) return record
      throw new StreamError('not_found', `offset ${offset} of partition ${partition} of ${topic} is not kept any more`)
    },
  }
}

/** Keys that are delivered at once. */
export function sideBySide<K extends PerSystemKind>({ sink, system }: SinkKit<K>): number {
  return sink.sideBySide ?? system.limits.concurrency
}

function tell(logger: Logger, system: string, { since, openings }: BreakerState): void {
  if (openings === 0) logger.info({ system }, 'the system answers again; its deliveries go on')
  else logger.warn({ system, since }, 'the system does not answer; its deliveries pause until it does')
}
