import type { Logger } from 'pino'
import type { Configuration, System } from '../../configuration/model.ts'
import { type ConnectionGuard, createConnectionGuard } from '../../control/connection-guard.ts'
import type { PerSystemKind, TopicEvents } from '../../events/topics.ts'
import type { EventCodec } from '../../platform/codec.ts'
import type { LogRecord } from '../../platform/kafka/event-log.ts'
import type { Meter } from '../../platform/metrics/meter.ts'
import { type Breaker, createBreaker } from '../../platform/runtime/breaker.ts'
import type { BreakerState } from '../../platform/runtime/breaker-state.ts'
import { createTurns, type Turns } from '../../platform/runtime/turns.ts'
import type { Sink } from '../../systems/kit/sink.ts'
import { createWaitingRoom, type WaitingRoom, type WaitingRoomDeps } from '../waiting-room.ts'
import { createDeliveries, type Deliveries } from './deliveries.ts'
import { recordedSink } from './recorded-sink.ts'
import { type SinkTiming, usualTiming } from './timing.ts'

export interface SinkDeps extends WaitingRoomDeps {
  /** The newest configuration. */
  readonly configuration: () => Configuration
  readonly codec: Pick<EventCodec, 'decode'>
  /** In [0, 1). */
  readonly random?: () => number
  readonly timing?: Partial<SinkTiming>
  readonly meter?: Meter
}

/** What all deliveries of one sink share. */
export interface SinkParts<K extends PerSystemKind> {
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
  readonly room: WaitingRoom
  decode(record: LogRecord): Promise<TopicEvents[K]>
}

export function createSinkParts<K extends PerSystemKind>(
  stage: string,
  system: System,
  sink: Sink<K>,
  deps: SinkDeps,
): SinkParts<K> {
  const { tables, clock, random = Math.random } = deps
  const timing = { ...usualTiming, ...deps.timing }
  const guard = createConnectionGuard(stage, deps, timing, system.id)
  const onChange = (state: BreakerState) => logBreaker(deps.logger, system.id, state)
  return {
    stage,
    system,
    sink: recordedSink(stage, sink, deps),
    deps,
    timing,
    random,
    deliveries: createDeliveries(tables),
    breaker: createBreaker({ clock, random, limits: timing.breaker, onChange }),
    guard,
    turns: createTurns(),
    room: createWaitingRoom(stage, deps, guard, timing.parked.longestMs),
    decode: (record) => deps.codec.decode(sink.kind, record.value),
  }
}

/** Keys delivered in parallel. */
export function sideBySide<K extends PerSystemKind>({ sink, system }: SinkParts<K>): number {
  return sink.sideBySide ?? system.limits.concurrency
}

function logBreaker(logger: Logger, system: string, { since, openings }: BreakerState): void {
  if (openings === 0) logger.info({ system }, 'the system answers again; its deliveries resume')
  else logger.warn({ system, since }, 'the system does not answer; its deliveries pause until it does')
}
