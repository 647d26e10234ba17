import type { Connection } from '../../configuration/model.ts'
import { isBehind } from '../../configuration/read-configuration.ts'
import { findOrderHold, orderHoldText } from '../../control/order-holds.ts'
import type { Pause } from '../../control/pauses.ts'
import { StreamError, toStreamError } from '../../errors.ts'
import { isForgotten } from '../../events/forgotten.ts'
import type { VendorOrderRequested } from '../../events/generated/events.ts'
import { entityOf, type PerSystemKind, recordKey, type TopicEvents } from '../../events/topics.ts'
import { versionRank } from '../../events/version.ts'
import { halfBackOffMs } from '../../platform/backoff.ts'
import type { LogRecord } from '../../platform/kafka/event-log.ts'
import { withoutPersonal } from '../../platform/registry/personal-texts.ts'
import { createParking, ORDER_HELD, type ParkedCheck, type Release } from '../../platform/runtime/parking.ts'
import type { PartitionContext } from '../../platform/runtime/stage.ts'
import { aboutEvent, type ResultEnd } from '../../platform/runtime/stage-result.ts'
import type { OtherKey } from '../../systems/kit/sink.ts'
import { parkedRecord, superseded } from '../waiting-room.ts'
import { deliverOnce, type Job } from './deliver-once.ts'
import { deliverPatiently, type Outcome } from './deliver-patiently.ts'
import type { Cancellation } from './delivery-row.ts'
import { tracedDelivery } from './delivery-span.ts'
import { sinkName } from './sink-name.ts'
import type { SinkParts } from './sink-work.ts'

/** An event to deliver: from a record, or from a key whose target is checked. */
export interface Entry<K extends PerSystemKind> {
  /** The check that it belongs to; null for a record. */
  readonly check: ParkedCheck | null
  readonly record: LogRecord
  readonly event: TopicEvents[K]
  /**
   * Earlier attempts, those in place counted as one; the back-off grows with each. `firstAt`: time of the first one.
   */
  readonly attempts: number
  readonly firstAt: number
  /** From the batch: it may be retried in place. Otherwise it gets one attempt. */
  readonly fresh: boolean
  /** The pause of its connection, which the attempt checks: does the connection work again? Null: it is not paused. */
  readonly probe: Pause | null
}

/** The outcome of an entry. `parked`: it waits (again). */
export interface Conclusion {
  readonly end: ResultEnd
  readonly parked: boolean
  /** Other records of the key may be parked; this one replaces them. */
  readonly othersParked: boolean
}

/** Well above the time that a new configuration takes to reach every process. */
const CONFIGURATION_MS = 5_000

/** How often to check whether a connection that could not be read works again. */
const UNUSABLE_MS = 60_000

/** How often to check whether an order is still held. */
const HELD_LOOK_MS = 60_000

/** Code of an event that was delivered as canceled because somebody decided so. */
const CANCELED_BY_HAND = 'canceled_by_hand'

/** Id of an event's key at the target. */
export function deliveryKey<K extends PerSystemKind>(kind: K, event: TopicEvents[K]): string {
  return recordKey(kind, event.key)
}

/**
 * Delivers an entry or parks it. Parked are entries that wait for something at the target, that alone can't be
 * delivered (Guarantee 5), and those of a paused connection. When it resolves, the record is delivered, stored in
 * `parked`, dead-lettered, or does not need delivery (Guarantees 1 and 2).
 */
export async function conclude<K extends PerSystemKind>(
  entry: Entry<K>,
  parts: SinkParts<K>,
  context: PartitionContext,
): Promise<Conclusion> {
  const { event } = entry
  const configuration = parts.deps.configuration()
  const connection = configuration.connections.find(({ id }) => id === event.connection)
  if (connection === undefined) {
    if (configuration.unusable?.includes(event.connection)) {
      const message = 'its connection can\'t be read from the tables; "waldstream doctor" says why'
      const why = new StreamError('row_unreadable', message)
      if (hasWaitedTooLong(entry, parts)) return await deadLetter(entry, why, entry.attempts, context)
      return await park(entry, entry.attempts, why, parts, context, { at: parts.deps.clock.now() + UNUSABLE_MS })
    }
    if (await isBehind(parts.deps.tables, configuration)) {
      const message = 'its connection is new; this process does not have the configuration yet'
      const why = { code: 'connection_unknown', message }
      if (hasWaitedTooLong(entry, parts)) {
        const error = new StreamError('configuration_missing', `${why.message}; the log says why: fix that, then retry`)
        return await deadLetter(entry, error, entry.attempts, context)
      }
      return await park(entry, entry.attempts, why, parts, context, { at: parts.deps.clock.now() + CONFIGURATION_MS })
    }
    const message = `connection ${event.connection} is no longer configured`
    const end = { status: 'ignored', code: 'connection_removed', message, targetId: null }
    return { end, parked: false, othersParked: false }
  }
  if (parts.sink.kind === 'vendor-orders' && isForgotten(event.data as VendorOrderRequested['data'])) {
    const message = 'its person was forgotten: nothing is sent to the vendor'
    const end = { status: 'ignored', code: 'person_forgotten', message, targetId: null }
    return { end, parked: false, othersParked: false }
  }
  const paused = (await parts.guard.pauses()).get(connection.id)
  if (paused !== undefined && entry.probe === null)
    return await park(entry, entry.attempts, paused, parts, context, 'held')
  const sendAfter = 'sendAfter' in event ? event.sendAfter : null
  if (sendAfter !== null && sendAfter > parts.deps.clock.now()) {
    const message = `held back until ${new Date(sendAfter).toISOString()}, by the connection's hold or holdMinutes`
    return await park(entry, entry.attempts, { code: 'held_back', message }, parts, context, { at: sendAfter })
  }
  const target = { kind: parts.sink.kind, system: parts.system.id }
  const outcome = await tracedDelivery(target, event, () => deliver(entry, connection, parts, context))
  if (entry.probe !== null && isOver(outcome)) await parts.guard.end(entry.probe)
  if (outcome.end === 'held') return await parkHeld(entry, outcome.until, parts, context)
  if (outcome.end === 'failed') return await fail(entry, outcome.error, outcome.attempts, parts, context)
  if (outcome.end === 'not yet') {
    const why = { code: 'timed_out', message: 'an earlier write may still take effect' }
    return await park(entry, entry.attempts + 1, why, parts, context, { at: outcome.until })
  }
  const othersParked = outcome.parked
  if (outcome.end === 'superseded') {
    return { end: superseded('a newer version was delivered'), parked: false, othersParked }
  }
  parts.guard.isWrong(connection.id, event.key, null)
  const { targetId, contentId, checkAgainAt, cancellation } = outcome
  if (checkAgainAt !== null) await parkCheck(parts, context.partition, event, checkAgainAt)
  const [code, message] =
    cancellation === null ? successText(entry, outcome) : [CANCELED_BY_HAND, cancellationText(cancellation)]
  const ofOrder = parts.sink.kind === 'vendor-orders' ? { contentId } : {}
  return { end: { status: 'succeeded', code, message, targetId, ...ofOrder }, parked: false, othersParked }
}

/** Code and message of a successful delivery. */
function successText<K extends PerSystemKind>(
  { check }: Entry<K>,
  { note, written }: { readonly note: string | null; readonly written: boolean },
): readonly [string | null, string | null] {
  if (check?.told !== true) return [note === null ? null : 'shortened', note]
  const found = written ? 'it was written to the vendor again' : 'the vendor has it as it was sent: not written again'
  return ['sent_again', [found, ...(note === null ? [] : [note])].join('; ')]
}

/** Shown to people. */
function cancellationText({ by, at, reason }: Cancellation): string {
  return `canceled at the vendor by ${by} at ${at}: ${reason}; the shop's later changes are not sent`
}

/** Releasing the order takes the record up at once; if that was interrupted, the next check finds it. */
async function parkHeld<K extends PerSystemKind>(
  entry: Entry<K>,
  until: number,
  parts: SinkParts<K>,
  context: PartitionContext,
): Promise<Conclusion> {
  const { source, key: number, connection } = entry.event
  const { tables, clock } = parts.deps
  const hold = await findOrderHold(tables, { source, number, connection })
  const message = orderHoldText(hold ?? { by: 'somebody', reason: 'the reason is no longer stored', until })
  const at = Math.min(until, clock.now() + HELD_LOOK_MS)
  return await park(entry, entry.attempts, { code: ORDER_HELD, message }, parts, context, { at })
}

async function deliver<K extends PerSystemKind>(
  entry: Entry<K>,
  connection: Connection,
  parts: SinkParts<K>,
  context: PartitionContext,
): Promise<Outcome> {
  const { event, record } = entry
  const { sink, timing, breaker, random, deliveries } = parts
  const { clock, meter } = parts.deps
  const { topic, partition, offset } = record
  const key = deliveryKey(sink.kind, event)
  const wanted = {
    connection: connection.id,
    key,
    rank: versionRank(event),
    digest: event.contentDigest,
    origin: { topic, partition, offset: String(offset) },
  }
  const { signal, assertOwned } = context
  const job: Job<K> = { event, connection, wanted, checks: entry.check !== null, signal, assertOwned }
  const checkSoon = () => parkCheck(parts, partition, event, clock.now())
  const checkOthers = async (changed: readonly OtherKey[]): Promise<void> => {
    for (const other of changed) await checkOther(parts, event, other)
  }
  const { inPlaceMs, busyMs } = entry.fresh ? timing : { inPlaceMs: 0, busyMs: 0 }
  const probe = sink.probe?.bind(sink)
  const labels = { stage: parts.stage, connection: connection.id }
  const onSaved = (reason: string) => meter?.count('waldstream_deliveries_saved_total', { ...labels, reason })
  const onRetry = ({ code }: StreamError) => meter?.count('waldstream_delivery_retries_total', { ...labels, code })
  return await deliverPatiently(
    recordKey(connection.id, key),
    async () => {
      try {
        return await deliverOnce(job, { sink, deliveries, clock, timing, checkSoon, checkOthers, onSaved })
      } catch (error) {
        // A system that refuses an order quotes what we sent. Results show this error, also as the reason why the
        // system is down.
        throw withoutPersonal(sink.kind, event, toStreamError(error))
      }
    },
    { breaker, clock, random, inPlaceMs, busyMs, inPlace: timing.inPlace, probe, onRetry },
    signal,
  )
}

/** The connection works again when an entity is delivered, or fails for a reason unrelated to the connection. */
function isOver(outcome: Outcome): boolean {
  return outcome.end === 'delivered' || (outcome.end === 'failed' && ['wait', 'record'].includes(outcome.error.policy))
}

async function fail<K extends PerSystemKind>(
  entry: Entry<K>,
  error: StreamError,
  attemptsNow: number,
  parts: SinkParts<K>,
  context: PartitionContext,
): Promise<Conclusion> {
  const { event } = entry
  const { timing, deps, random } = parts
  const attempts = entry.attempts + attemptsNow
  const rounds = entry.attempts + 1
  // Guarantee 2: the vendor's answer about what the shop took back is recorded; a retry would not change it.
  if (error.policy === 'record') {
    const { code } = error
    const row = await parts.deliveries.find(event.connection, deliveryKey(parts.sink.kind, event))
    const cancellation = row?.cancellation ?? null
    const message = cancellation === null ? error.message : `${error.message} (${cancellationText(cancellation)})`
    return { end: { status: 'ignored', code, message, targetId: null }, parked: false, othersParked: true }
  }
  // A conflict at the target concerns this entity only, not its connection.
  if (error.code === 'target_conflict') return await deadLetter(entry, error, attempts, context)
  if (error.policy === 'pause' || error.policy === 'dead-letter' || error.policy === 'refuse') {
    if (entry.probe !== null) return await park(entry, rounds, error, parts, context, 'held')
    if (parts.guard.isWrong(event.connection, event.key, error)) {
      await parts.guard.begin(event.connection, error)
      return await park(entry, rounds, error, parts, context, 'held')
    }
    return await deadLetter(entry, error, attempts, context)
  }
  if (hasWaitedTooLong(entry, parts)) return await deadLetter(entry, error, attempts, context)
  const at = deps.clock.now() + halfBackOffMs(rounds, timing.parked, random, error.retryAfterMs)
  return await park(entry, rounds, error, parts, context, { at })
}

function hasWaitedTooLong<K extends PerSystemKind>({ firstAt }: Entry<K>, { deps, timing }: SinkParts<K>): boolean {
  return deps.clock.now() - firstAt >= timing.parkedMs
}

async function deadLetter<K extends PerSystemKind>(
  { record, event, firstAt }: Entry<K>,
  error: StreamError,
  attempts: number,
  context: PartitionContext,
): Promise<Conclusion> {
  const { connection, key, taskId, eventId } = event
  await context.deadLetter(record, error, { connection, key, taskId, eventId, attempts, firstAt })
  const { code, message } = error
  return { end: { status: 'failed', code, message, targetId: null }, parked: false, othersParked: true }
}

/** Guarantee 1: when it resolves the record is stored, and its offset may be committed. */
async function park<K extends PerSystemKind>(
  entry: Entry<K>,
  attempts: number,
  { code, message }: { readonly code: string; readonly message: string },
  parts: SinkParts<K>,
  context: PartitionContext,
  when: Release | 'held',
): Promise<Conclusion> {
  const { event, record, firstAt } = entry
  const { connection } = event
  const key = deliveryKey(parts.sink.kind, event)
  const rows = parts.room.rows(context.partition)
  const at = when === 'held' || 'held' in when ? parts.deps.clock.now() + parts.timing.probeEveryMs : when.at
  context.assertOwned()
  if (entry.check !== null) await rows.postpone({ ...entry.check, attempts }, at)
  else {
    const about = aboutEvent(entityOf(parts.sink.kind), event, connection)
    const waits = { attempts, firstAt, code, message }
    const parked = parkedRecord(record, about, { key, rank: versionRank(event) }, waits)
    await rows.park(parked, when === 'held' ? { held: connection } : when)
    await parts.deliveries.noteParked(connection, key, true)
  }
  return { end: { status: 'waiting', code, message, targetId: null }, parked: true, othersParked: true }
}

/**
 * The owner of the key's partition delivers it again although it was delivered before: the target has changed since.
 */
async function checkOther<K extends PerSystemKind>(
  { deliveries, deps, system, random }: SinkParts<K>,
  { connection, eventId }: TopicEvents[K],
  { kind, key: entity }: OtherKey,
): Promise<void> {
  const key = recordKey(kind, entity)
  const origin = (await deliveries.find(connection, key))?.origin
  // Never delivered: the target holds nothing of ours.
  if (origin === undefined || origin === null) return
  const now = deps.clock.now()
  const mark = `${now}#${eventId}#${random()}`
  const parking = createParking(deps.tables, sinkName(kind, system.id), origin.partition, deps.parkedOwners)
  await parking.check({ connection, key, attempts: 0, firstAt: now, mark, told: false }, now)
}

async function parkCheck<K extends PerSystemKind>(
  parts: SinkParts<K>,
  partition: number,
  event: TopicEvents[K],
  at: number,
): Promise<void> {
  const key = deliveryKey(parts.sink.kind, event)
  const now = parts.deps.clock.now()
  const mark = `${at}#${event.eventId}#${parts.random()}`
  const check = { connection: event.connection, key, attempts: 0, firstAt: now, mark, told: false }
  await parts.room.rows(partition).check(check, at)
}
