import { StreamError, toStreamError } from '../../errors.ts'
import { type Entity, entitiesByCallOrder } from '../../events/topics.ts'
import { LONGEST_ASKED_MS } from '../backoff.ts'
import type { Clock } from '../clock.ts'
import { type Meter, noMeter } from '../metrics/meter.ts'
import type { Permit, Permits } from './permits.ts'
import { beginTurnWait } from './turn-waits.ts'

/** What a call is for, in the order in which calls of one account get their turn. */
export const callKinds = entitiesByCallOrder
export type CallKind = Entity

/** What an account takes: calls at once, and calls a minute where it counts them. */
export interface CallLimits {
  readonly concurrency: number
  readonly perMinute?: number
}

/** Keeps the calls to one account under its limits, the more urgent first. */
export interface Governor {
  /**
   * Rejects with `stopping` when the signal aborts while the call waits for its turn. A call that fails with `rate_limited`
   * has the account left alone, for as long as it asked for.
   */
  run<T>(kind: CallKind, call: () => Promise<T>, signal?: AbortSignal): Promise<T>
  /** No call begins for so long, an hour at most: the account's quota is used up. */
  pause(ms: number): void
}

/** How an account is used at this moment. */
export interface AccountStanding {
  readonly account: string
  readonly running: number
  readonly waiting: number
  /** Calls that may be under way at once. */
  readonly allowed: number
  /** How long it is left alone. */
  readonly restMs: number
}

/** A governor that tells how its account is used. */
export interface WatchedGovernor extends Governor {
  standing(): Omit<AccountStanding, 'account'>
}

/** Where its calls are counted, and for which account. */
export interface CallCounting {
  readonly meter: Meter
  readonly account: string
}

interface Waiter {
  readonly rank: number
  admit(permit: Permit): void
  reject(error: unknown): void
}

/** After a refusal that names no time: others use the account too, and their calls end. */
const REFUSED_PAUSE_MS = 500
/** Calls that end well before one more at once is tried again. */
const GROW_AFTER = 20

/**
 * A governor over permits. A refusal halves the calls at once, and calls that end well bring them back one by one: the
 * account may be shared with programs that we know nothing of.
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
    // Calls that were under way together are refused together: they count once.
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
        // Before the next one may begin.
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

/** Of the most urgent the one that waits longest. */
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
  return new StreamError('stopping', 'the call was ended before it began', { cause: signal?.reason })
}
