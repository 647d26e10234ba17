import type { Clock } from '../clock.ts'
import type { Tables } from '../dynamodb/tables.ts'
import { isHalfOver } from '../lease.ts'
import { type CallSlots, createCallSlots, type Waiting } from './call-slots.ts'
import type { CallLimits } from './governor.ts'
import { createMinuteQuota, type MinuteQuota } from './minute-quota.ts'
import type { Permit, PermitListener, Permits, Wanted } from './permits.ts'
import { shareOf } from './share-slots.ts'

/** How long a slot stays taken after its holder died. */
const LEASE_MS = 10_000
/** Least remaining lease of a slot to start a call in it; the lease is renewed during the call. */
const LEAST_MS = 2_000
/** How long an unused slot is kept for the next call. */
const IDLE_MS = 1_000
/** How long a process keeps slots beyond its sure share while others wait. */
const TURN_MS = 2_000
/** How often the account's rows are read: while a process waits, and else. */
const TEND_MS = { waiting: 200, else: 1_000 }
/** How long a waiting process counts as waiting; it renews this well before. */
const WAIT_MS = 3_000

interface Slot {
  until: number
  busy: boolean
  idleSince: number
  readonly takenAt: number
  /** The turn is over: no further call starts in this slot. */
  over: boolean
}

export interface SharedPermits extends Permits {
  /** Releases all slots, so that other processes need not wait until the leases expire. */
  close(): Promise<void>
}

/**
 * Permits shared by all processes with one account: a slot is a lease in a table, taken by a conditional write, renewed
 * while it is used, and released when others are more urgent, when others wait too, or when it is unused. A process
 * that freezes for longer than its lease may have one call too many under way when it resumes; the account then refuses
 * a call, which is retried.
 */
export function createSharedPermits(
  account: string,
  limits: CallLimits,
  { tables, clock, owner }: { readonly tables: Tables; readonly clock: Clock; readonly owner: string },
): SharedPermits {
  const rows = createCallSlots(tables, account, owner)
  const quota = createMinuteQuota(limits.perMinute, rows)
  const names = Array.from({ length: limits.concurrency }, (_, index) => `slot#${String(index + 1).padStart(3, '0')}`)
  const held = new Map<string, Slot>()
  const state: State = {
    wanted: null,
    pausedUntil: 0,
    othersWait: false,
    most: names.length,
    since: null,
    announced: null,
  }
  let listener: PermitListener = { changed: () => undefined, failed: () => undefined }
  let tending: Promise<void> | undefined
  let wake = new AbortController()
  let closed = false

  const tend = async (): Promise<void> => {
    while (!closed && (held.size > 0 || state.wanted !== null || state.announced !== null)) {
      wake = new AbortController()
      try {
        await tendSlots({ rows, quota, names, held, state, now: () => clock.now() })
        listener.changed()
      } catch (error) {
        listener.failed(error)
      }
      const every = state.wanted !== null || state.othersWait ? TEND_MS.waiting : TEND_MS.else
      await clock.sleep(every, wake.signal).catch(() => undefined)
    }
    tending = undefined
  }
  const begin = (): void => {
    if (!closed) tending ??= tend()
  }
  return {
    listen(to) {
      listener = to
    },
    pausedUntil: () => state.pausedUntil,
    pauseUntil(until) {
      // Others read it soon; a failed write is no reason to fail a call.
      rows.pauseUntil(until).catch(() => undefined)
    },
    want(wanted) {
      const isNew = wanted !== null && state.wanted === null
      state.wanted = wanted
      if (isNew) wake.abort()
      if (wanted !== null) begin()
    },
    tryTake() {
      const now = clock.now()
      const slots = [...held.values()]
      const found = slots.find((slot) => !slot.busy && slot.until - now >= LEAST_MS && !slot.over)
      // Slots over the share are released at the next check and not used again.
      if (slots.filter(({ busy }) => busy).length >= state.most) return undefined
      if (found === undefined || !quota.tryTake(now)) return undefined
      found.busy = true
      return permitOf(found, () => {
        found.idleSince = clock.now()
        if (state.othersWait) wake.abort()
      })
    },
    async close() {
      closed = true
      wake.abort()
      await tending
      await Promise.all([...held.keys()].map((slot) => rows.free(slot)))
      if (state.announced !== null) await rows.stopWaiting()
    },
  }
}

interface State {
  wanted: Wanted | null
  pausedUntil: number
  othersWait: boolean
  /** Slots that this process may use. */
  most: number
  /** Time of this process's last turn, or when it started to wait; null: no call waits. */
  since: number | null
  /** The wait that this process has announced to others. */
  announced: { readonly rank: number; readonly since: number; readonly until: number } | null
}

interface Tended {
  readonly rows: CallSlots
  readonly quota: MinuteQuota
  readonly names: readonly string[]
  readonly held: Map<string, Slot>
  readonly state: State
  readonly now: () => number
}

function permitOf(slot: Slot, after: () => void): Permit {
  return {
    giveBack() {
      slot.busy = false
      after()
    },
  }
}

/** Reads the account's rows once, then renews, releases and takes slots by this process's share. */
async function tendSlots({ rows, quota, names, held, state, now }: Tended): Promise<void> {
  const view = await rows.view(now())
  state.pausedUntil = view.pausedUntil
  state.othersWait = view.waiting.length > 0
  state.since = state.wanted === null ? null : (state.since ?? now())
  const waiting = waitingOf(state)
  const { most, sure, takeable } = shareOf(names, held.size, waiting, view)
  state.most = most
  endTurns(held, sure, now())
  for (const [name, slot] of held) {
    const idleMs = slot.busy ? 0 : now() - slot.idleSince
    const tooMany = held.size > most
    const unneeded = state.wanted === null && (state.othersWait || idleMs >= IDLE_MS)
    if (!slot.busy && (tooMany || unneeded || slot.over)) {
      held.delete(name)
      if (slot.over) state.since = now()
      await rows.free(name)
    } else await renew(rows, name, slot, held, now())
  }
  for (const name of takeable) {
    const until = now() + LEASE_MS
    if (!(await rows.take(name, until, now()))) continue
    held.set(name, { until, busy: false, idleSince: now(), takenAt: now(), over: false })
    state.since = now()
  }
  const { wanted } = state
  if (wanted !== null) await quota.refill(now(), wanted.calls)
  await announceWait(rows, state, [...held.values()].filter(({ busy }) => !busy).length, now())
}

/** Ends the turn of the oldest slots beyond the sure share, once they were held for a whole turn. */
function endTurns(held: ReadonlyMap<string, Slot>, sure: number, now: number): void {
  const oldest = [...held.values()].toSorted((a, b) => a.takenAt - b.takenAt)
  const more = Math.max(0, held.size - sure)
  for (const [index, slot] of oldest.entries()) slot.over = index < more && now - slot.takenAt >= TURN_MS
}

async function renew(rows: CallSlots, name: string, slot: Slot, held: Map<string, Slot>, now: number): Promise<void> {
  if (!isHalfOver(slot.until, now, LEASE_MS)) return
  const until = now + LEASE_MS
  if (await rows.renew(name, until)) slot.until = until
  else held.delete(name)
}

/** Announces that this process waits when it wants more calls than it has idle slots. */
async function announceWait(rows: CallSlots, state: State, idle: number, now: number): Promise<void> {
  const { announced } = state
  const waiting = waitingOf(state)
  const calls = (waiting?.calls ?? 0) - idle
  if (waiting === null || calls <= 0) {
    if (announced !== null) await rows.stopWaiting()
    state.announced = null
    return
  }
  const { rank, since } = waiting
  if (announced?.rank === rank && announced.since === since && !isHalfOver(announced.until, now, WAIT_MS)) return
  const until = now + WAIT_MS
  await rows.wait({ rank, calls, since }, until)
  state.announced = { rank, since, until }
}

function waitingOf({ wanted, since }: State): Waiting | null {
  return wanted === null || since === null ? null : { ...wanted, since }
}
