import type { CallSlots } from './call-slots.ts'
import { minuteWindows } from './minute-windows.ts'

/** One write counts one of this many parts of a window's calls. */
const PARTS = 10

/** The calls per minute that this process has reserved of an account's quota. */
export interface MinuteQuota {
  /** Whether a call may start; if so, uses one of the reserved calls. */
  tryTake(now: number): boolean
  /** Reserves more calls when none is left; false: the window has none left either. */
  refill(now: number, wanted: number): Promise<boolean>
}

export function createMinuteQuota(perMinute: number | undefined, slots: Pick<CallSlots, 'count'>): MinuteQuota {
  if (perMinute === undefined) return { tryTake: () => true, refill: async () => true }
  const { count, at } = minuteWindows(perMinute)
  const most = Math.floor(perMinute / count)
  let window = -1
  let left = 0
  return {
    tryTake(now) {
      if (at(now) !== window || left === 0) return false
      left -= 1
      return true
    },
    async refill(now, wanted) {
      if (at(now) === window && left > 0) return true
      const calls = Math.max(1, Math.min(wanted, Math.ceil(most / PARTS)))
      if (!(await slots.count(at(now), calls, most))) return false
      window = at(now)
      left = calls
      return true
    },
  }
}
