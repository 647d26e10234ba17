import { StreamError, toStreamError } from '../../errors.ts'
import { type Entity, entitiesByCallOrder } from '../../events/topics.ts'
import { LONGEST_ASKED_MS } from '../backoff.ts'
import type { Clock } from '../clock.ts'
import { type Meter, noMeter } from '../metrics/meter.ts'
import type { Permit, Permits } from './permits.ts'
import { beginTurnWait } from './turn-waits.ts'

/** Kinds of calls, most urgent first. */
export const callKinds = entitiesByCallOrder
export type CallKind = Entity

/** Limits of an account: concurrent calls, and calls per minute if it limits them. */
export interface CallLimits {
  readonly concurrency: number
  readonly perMinute?: number
}

/** Keeps the calls to one account under its limits; more urgent calls go first. */
export interface Governor {
  /**
   * Rejects with `stopping` when the signal aborts while the call waits for its turn. A call that fails with
   * `rate_limited` pauses the account for as long as it asked for.
   */
  run<T>(kind: CallKind, call: () => Promise<T>, signal?: AbortSignal): Promise<T>
  /** Starts no call for `ms`, at most an hour: the account's quota is used up. */
  pause(ms: number): void
}

/** Current use of an account by this process. */
export interface AccountStanding {
  readonly account: string
  readonly running: number
  readonly waiting: number
  /** Most calls under way at once. */
  readonly allowed: number
  /** Remaining milliseconds of its pause. */
  readonly restMs: number
}

/** A governor that reports the use of its account. */
export interface WatchedGovernor extends Governor {
  standing(): Omit<AccountStanding, 'account'>
}

/** Meter and account that calls are counted by. */
export interface CallCounting {
  readonly meter: Meter
  readonly account: string
}

interface Waiter {
  readonly rank: number
  admit(permit: Permit): void
  reject(error: unknown): void
}

/** Pause after a refusal that names no time: calls of other programs that use the account end meanwhile. */
const REFUSED_PAUSE_MS = 500
/** Successful calls before one more concurrent call is allowed again. */
const GROW_AFTER = 20

/**
 * A governor over permits. A refusal halves the concurrent calls, and successful calls raise them again one by one:
 * other programs may use the same account.
 */
export function createGovernor(
  limits: CallLimits,
  permits: Permits,
  clock: Clock,
  { meter, account }: CallCounting = { meter: noMeter, account: '' },
): WatchedGovernor {
  const waiting: Waiter[] = []
  let running = 0
  let allowed = limits.concurrency
  let goodCalls = 0
  let pausedUntil = 0
  let timer: AbortController | undefined

  const pump = (): void => {
    while (waiting.length > 0 && running < allowed) {
      const leftMs = Math.max(pausedUntil, permits.pausedUntil()) - clock.now()
      if (leftMs > 0) {
        later(leftMs)
        return
      }
      const permit = permits.tryTake()
      if (permit === undefined) break
      const next = takeMostUrgent(waiting)
      running += 1
      next.admit(permit)
    }
    if (waiting.length === 0) timer?.abort()
    permits.want(waiting.length === 0 ? null : { rank: mostUrgent(waiting), calls: Math.min(waiting.length, allowed) })
  }
  const later = (ms: number): void => {
    if (timer !== undefined) return
    const begun = new AbortController()
    timer = begun
    begun.signal.addEventListener('abort', () => {
      timer = undefined
    })
    clock.sleep(ms, begun.signal).then(
      () => {
        timer = undefined
        pump()
      },
      () => undefined,
    )
  }
  permits.listen({
    changed: pump,
    failed: (error) => {
      for (const waiter of waiting.splice(0)) waiter.reject(error)
    },
  })
  const turn = (rank: number, signal: AbortSignal | undefined): Promise<Permit> =>
    new Promise((resolve, reject) => {
      const waiter: Waiter = {
        rank,
        admit(permit) {
          signal?.removeEventListener('abort', giveUp)
          resolve(permit)
        },
        reject(error) {
          signal?.removeEventListener('abort', giveUp)
          reject(error)
        },
      }
      const giveUp = () => {
        waiting.splice(waiting.indexOf(waiter), 1)
        reject(callEndedError(signal))
        pump()
      }
      signal?.addEventListener('abort', giveUp, { once: true })
      waiting.push(waiter)
      pump()
    })
  const pause = (ms: number): void => {
    const until = clock.now() + Math.min(ms, LONGEST_ASKED_MS)
    if (until <= pausedUntil) return
    pausedUntil = until
    permits.pauseUntil(until)
  }
  const refused = (retryAfterMs: number | undefined): void => {
    // Concurrent calls are refused together: they count once.
    if (pausedUntil <= clock.now()) allowed = Math.max(1, Math.floor(allowed / 2))
    goodCalls = 0
    pause(retryAfterMs ?? REFUSED_PAUSE_MS)
  }
  return {
    pause,
    standing: () => ({
      running,
      waiting: waiting.length,
      allowed,
      restMs: Math.max(0, Math.max(pausedUntil, permits.pausedUntil()) - clock.now()),
    }),
    async run(kind, call, signal) {
      if (signal?.aborted === true) throw callEndedError(signal)
      const askedAt = clock.now()
      const hadTurn = beginTurnWait(signal, askedAt)
      const permit = await turn(callKinds.indexOf(kind), signal).finally(() => hadTurn(clock.now()))
      const begunAt = clock.now()
      meter.observe('waldstream_call_turn_seconds', { account, kind }, [(begunAt - askedAt) / 1000])
      let code = ''
      try {
        const result = await call()
        goodCalls += 1
        if (goodCalls >= GROW_AFTER && allowed < limits.concurrency) {
          allowed += 1
          goodCalls = 0
        }
        return result
      } catch (error) {
        code = toStreamError(error).code
        // Before the next call can start.
        if (error instanceof StreamError && error.code === 'rate_limited') refused(error.retryAfterMs)
        throw error
      } finally {
        meter.count('waldstream_calls_total', { account, kind, code })
        meter.observe('waldstream_call_seconds', { account, kind }, [(clock.now() - begunAt) / 1000])
        running -= 1
        permit.giveBack()
        pump()
      }
    },
  }
}

/** Takes the most urgent waiter; among equals the one that waits longest. */
function takeMostUrgent(waiting: Waiter[]): Waiter {
  const rank = mostUrgent(waiting)
  const index = waiting.findIndex((waiter) => waiter.rank === rank)
  const [next] = waiting.splice(index, 1)
  if (next === undefined) throw new Error('nobody waits')
  return next
}

function mostUrgent(waiting: readonly Waiter[]): number {
  return Math.min(...waiting.map(({ rank }) => rank))
}

function callEndedError(signal: AbortSignal | undefined): StreamError {
  return new StreamError('stopping', 'the call was stopped before it started', { cause: signal?.reason })
}
