import type { Random } from './random.ts'

/** The moment all initial data was made before: it comes from here and the seed, not from the clock of the run. */
export const baseTime = new Date('2026-03-16T06:00:00Z')

/** A whole second, seeded, in the `days` before `baseTime`. */
export function seededTime(random: Random, days: number): Date {
  return new Date(baseTime.getTime() - random.int(1, days * 86_400) * 1000)
}

/** The clock of changes made while a simulator runs. */
export interface SimulatorClock {
  /** The wall clock in whole seconds, never before an earlier answer. */
  now(): Date
}

/** `notBefore`: the newest time in kept data. */
export function createClock(notBefore: Date = baseTime, wall: () => number = Date.now): SimulatorClock {
  let last = Math.ceil(notBefore.getTime() / 1000)
  return {
    now() {
      last = Math.max(last, Math.floor(wall() / 1000))
      return new Date(last * 1000)
    },
  }
}
