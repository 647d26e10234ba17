import type { Clock } from '../clock.ts'
import type { Tables } from '../dynamodb/tables.ts'
import { isHalfOver } from '../lease.ts'
import { type CallSlots, createCallSlots, type Waiting } from './call-slots.ts'
import type { CallLimits } from './governor.ts'
import { createMinuteQuota, type MinuteQuota } from './minute-quota.ts'
import type { Permit, PermitListener, Permits, Wanted } from './permits.ts'
import { shareOf } from './share-slots.ts'

/** A slot is somebody else's so long after its holder died. */
const LEASE_MS = 10_000
/** A call begins only in a slot that is ours at least so long: it is renewed while the call lasts. */
const LEAST_MS = 2_000
/** A slot that nothing needs is kept so long for what may come next. */
const IDLE_MS = 1_000
/** What is more than its sure share a process has for so long, while others wait; then it is another's turn. */
const TURN_MS = 2_000
/** How often the account's rows are read: while somebody waits, and while not. */
const TEND_MS = { waiting: 200, else: 1_000 }
/** A process that waits says so again well before this. */
const WAIT_MS = 3_000

interface Slot {
  until: number
  busy: boolean
  idleSince: number
  readonly takenAt: number
  /** It is another's turn: it is not used once more. */
  over: boolean
}

export interface SharedPermits extends Permits {
  /** Gives everything back: others need not wait until it runs out. */
  close(): Promise<void>
}

/**
 * Permits that all processes with one account share: a slot is a lease in a table, taken by condition, renewed while it is
 * used, given back when others are more urgent, wait as well, or nothing needs it. A process that stands still longer
 * than its lease may have one call too many under way when it goes on; the account then refuses one, and it is sent again.
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
      // Others read it soon; that this process can't note it is no reason to fail a call.
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
      // What others have the better claim to is given back with the next look, not used once more.
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
  /** Slots that we may use. */
  most: number
  /** Since when there was no turn of ours; null: nothing waits. */
  since: number | null
  /** What others can read that we wait for. */
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

/** Reads the account's rows once: renews what is used, gives back what is not ours to keep, takes what is. */
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

/** The oldest of what is more than the sure share, where they have been ours for a turn. */
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

/** A process waits when it wants more calls than it has slots for. */
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
