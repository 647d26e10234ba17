import type { Connection } from '../../configuration/model.ts'
import { type ErrorCode, StreamError, toStreamError } from '../../errors.ts'
import type { PerSystemKind, TopicEvents } from '../../events/topics.ts'
import type { Clock } from '../../platform/clock.ts'
import { measureTurnWaits } from '../../platform/governor/turn-waits.ts'
import type { Before, Delivered, OtherKey, Sink } from '../../systems/kit/sink.ts'
import { asCanceled } from './as-canceled.ts'
import type { Deliveries } from './deliveries.ts'
import { type Cancellation, checkAgainAt, type Delivery, decideDelivery, type Wanted } from './delivery-row.ts'
import type { SinkTiming } from './timing.ts'

/** One event on its way to one target. */
export interface Job<K extends PerSystemKind> {
  readonly event: TopicEvents[K]
  readonly connection: Connection
  readonly wanted: Wanted
  /** Asks the target even if our row says that it has this content. */
  readonly checks: boolean
  readonly signal: AbortSignal
  assertOwned(): void
}

export type Attempt =
  | {
      readonly end: 'delivered'
      readonly targetId: string | null
      /** When the target is to be checked; null: never. */
      readonly checkAgainAt: number | null
      readonly parked: boolean
      /** What people should know of the write. */
      readonly note: string | null
      /** The target has changed. */
      readonly written: boolean
      /** It was delivered as canceled, since somebody decided so. */
      readonly cancellation: Cancellation | null
    }
  | { readonly end: 'superseded'; readonly parked: boolean }
  /** No attempt was made: somebody holds it. */
  | { readonly end: 'held'; readonly until: number }
  /** No attempt was made: an earlier write has to come to its end first. */
  | { readonly end: 'not yet'; readonly until: number }

export interface DelivererDeps<K extends PerSystemKind> {
  readonly sink: Sink<K>
  readonly deliveries: Deliveries
  readonly clock: Clock
  readonly timing: Pick<SinkTiming, 'attemptMs' | 'landingMs'>
  /** Has the target of the key checked soon, by whoever owns its partition: what we sent may lie over a newer version. */
  readonly checkSoon: (intent: Delivery) => Promise<void>
  /** Has the targets checked of what was changed besides. */
  readonly checkOthers: (changed: readonly OtherKey[]) => Promise<void>
  /** Called where the target need not be called. */
  readonly onSaved?: (reason: 'unchanged' | 'older_version') => void
}

/** The write may have taken effect, or may yet. With every other code the target said no, or was not asked. */
const UNCLEAR: readonly ErrorCode[] = [
  ...(['target_unavailable', 'timed_out', 'concurrent_change', 'unexpected'] as const),
  ...(['stopping', 'broker_unavailable', 'registry_unavailable', 'table_unavailable', 'lease_lost'] as const),
]

/**
 * One attempt (Guarantees 3 and 4): an intent with a fence token in the key's row, by condition; the write; the row
 * again, by the token. An open intent that is found, be it of a dead or a frozen worker, makes the write look at the
 * target first. Whoever finds its token overtaken after a write has the target checked, so that the newest version ends up
 * there, whatever came late.
 */
export async function deliverOnce<K extends PerSystemKind>(job: Job<K>, deps: DelivererDeps<K>): Promise<Attempt> {
  const { deliveries, sink, clock, timing } = deps
  const { wanted } = job
  for (;;) {
    const row = await deliveries.find(wanted.connection, wanted.key)
    const deadlineMs = timing.attemptMs + timing.landingMs
    const view = { now: clock.now(), deadlineMs, naturalKey: sink.naturalKey, checks: job.checks }
    const cancellation = row?.cancellation ?? null
    const event = cancellation === null ? job.event : asCanceled(job.event)
    const decision = decideDelivery(row, { ...wanted, digest: event.contentDigest }, view)
    const parked = row?.parked ?? false
    if (decision.next === 'superseded') {
      deps.onSaved?.('older_version')
      return { end: 'superseded', parked }
    }
    if (decision.next === 'held') return { end: 'held', until: decision.until }
    if (decision.next === 'wait') return { end: 'not yet', until: decision.until }
    const { intent } = decision
    job.assertOwned()
    if (!(await deliveries.begin(intent))) continue
    const done: Delivered =
      decision.next === 'confirm'
        ? { outcome: 'unchanged', targetId: intent.targetId }
        : await write({ ...job, event }, intent, decision.before, deps)
    if (decision.next === 'confirm') deps.onSaved?.('unchanged')
    const { outcome, targetId, alsoChanged = [], note = null } = done
    // Before the row says that it is delivered: nobody would ask the sink again.
    await deps.checkOthers(alsoChanged)
    const held = decision.next === 'confirm' || (await deliveries.finish(intent, targetId))
    const written = outcome === 'written'
    const againAt = checkAgainAt(intent, clock.now())
    if (held) return { end: 'delivered', targetId, checkAgainAt: againAt, parked, note, written, cancellation }
    await deps.checkSoon(intent)
  }
}

async function write<K extends PerSystemKind>(
  job: Job<K>,
  intent: Delivery,
  before: Before,
  deps: DelivererDeps<K>,
): Promise<Delivered> {
  try {
    job.assertOwned()
    return await withDeadline(deps, job.signal, async (signal) => {
      return await deps.sink.deliver(job.event, job.connection, signal, before)
    })
  } catch (thrown) {
    const error = toStreamError(thrown)
    if (!UNCLEAR.includes(error.code)) {
      await deps.deliveries.refuse(intent)
      throw error
    }
    const row = await deps.deliveries.find(intent.connection, intent.key)
    if (row?.fence !== intent.fence) await deps.checkSoon(intent)
    throw error
  }
}

/**
 * Cuts the call off after `attemptMs`; the row's deadline says that nothing of it happens much later. What its requests
 * wait for their turns with the account is not the system's time, and does not count up to half of what the deadline adds.
 */
async function withDeadline<T>(
  { clock, timing }: Pick<DelivererDeps<never>, 'clock' | 'timing'>,
  signal: AbortSignal,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController()
  const done = new AbortController()
  const bounded = AbortSignal.any([signal, late.signal])
  const waits = measureTurnWaits(bounded)
  const startedAt = clock.now()
  const watch = async (): Promise<void> => {
    for (let leftMs = timing.attemptMs; leftMs > 0; ) {
      await clock.sleep(leftMs, done.signal)
      const waitedMs = Math.min(waits.ms(clock.now()), timing.landingMs / 2)
      leftMs = startedAt + timing.attemptMs + waitedMs - clock.now()
    }
    late.abort(new StreamError('timed_out', `the delivery took longer than ${timing.attemptMs} ms`))
  }
  watch().catch(() => undefined)
  try {
    return await call(bounded)
  } catch (error) {
    if (signal.aborted) throw new StreamError('stopping', 'the delivery was cut off', { cause: error })
    if (late.signal.aborted) throw late.signal.reason
    throw error
  } finally {
    done.abort()
  }
}
