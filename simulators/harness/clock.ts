import type { Random } from './random.ts'

/** All initial data is older than this: it depends on this time and the seed, not on the clock. */
export const baseTime = new Date('2026-03-16T06:00:00Z')

/** A seeded whole second in the `days` before `baseTime`. */
export function seededTime(random: Random, days: number): Date {
  return new Date(baseTime.getTime() - random.int(1, days * 86_400) * 1000)
}

/** The clock for changes while a simulator runs. */
export interface SimulatorClock {
  /** Wall clock in whole seconds; never goes back. */
  now(): Date
}

/** `notBefore`: the newest time in existing data. */
export function createClock(notBefore: Date = baseTime, wall: () => number = Date.now): SimulatorClock {
  let last = Math.ceil(notBefore.getTime() / 1000)
  return {
    now() {
      last = Math.max(last, Math.floor(wall() / 1000))
      return new Date(last * 1000)
    },
  }
}
