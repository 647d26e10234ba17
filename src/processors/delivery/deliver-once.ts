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

/** One event to deliver to one target. */
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
      /** Id of the content that the target has now. */
      readonly contentId: string | null
      /** When to check the target; null: never. */
      readonly checkAgainAt: number | null
      readonly parked: boolean
      /** What people should know about the write. */
      readonly note: string | null
      /** The target has changed. */
      readonly written: boolean
      /** It was delivered as canceled because somebody decided so. */
      readonly cancellation: Cancellation | null
    }
  | { readonly end: 'superseded'; readonly parked: boolean }
  /** No attempt was made: somebody holds it. */
  | { readonly end: 'held'; readonly until: number }
  /** No attempt was made: an earlier write has to end first. */
  | { readonly end: 'not yet'; readonly until: number }

export interface DelivererDeps<K extends PerSystemKind> {
  readonly sink: Sink<K>
  readonly deliveries: Deliveries
  readonly clock: Clock
  readonly timing: Pick<SinkTiming, 'attemptMs' | 'landingMs'>
  /** Makes the owner of the key's partition check the target soon: our write may have overwritten a newer version. */
  readonly checkSoon: (intent: Delivery) => Promise<void>
  /** Makes the owners check the targets that the write changed as well. */
  readonly checkOthers: (changed: readonly OtherKey[]) => Promise<void>
  /** Called when no call to the target is needed. */
  readonly onSaved?: (reason: 'unchanged' | 'older_version') => void
}

/** The write may have taken effect, or may still. With any other code the target refused it or was not called. */
const UNCLEAR: readonly ErrorCode[] = [
  ...(['target_unavailable', 'timed_out', 'concurrent_change', 'unexpected'] as const),
  ...(['stopping', 'broker_unavailable', 'registry_unavailable', 'table_unavailable', 'lease_lost'] as const),
]

/**
 * One attempt (Guarantees 3 and 4): a conditional write of an intent with a fence token to the key's row; the write to
 * the target; a write to the row, conditional on the token. If an open intent exists, of a dead or a frozen worker, the
 * write looks at the target first. A worker whose token was overtaken after its write has the target checked, so that
 * the newest version ends up there, however late a write arrives.
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
    // Before the row says `delivered`: afterwards nobody would ask the sink again.
    await deps.checkOthers(alsoChanged)
    const held = decision.next === 'confirm' || (await deliveries.finish(intent, targetId))
    const written = outcome === 'written'
    const againAt = checkAgainAt(intent, clock.now())
    const { contentId } = intent
    if (held)
      return { end: 'delivered', targetId, contentId, checkAgainAt: againAt, parked, note, written, cancellation }
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
 * Cuts the call off after `attemptMs`; the row's deadline assumes that it has no effect much later. The time that its
 * requests wait for their turn with the account is not the system's time: it does not count, up to half of `landingMs`.
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
