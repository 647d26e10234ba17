import type { Clock } from '../clock.ts'
import { type CallLimits, createGovernor, type Governor } from './governor.ts'
import { ownPermits, type Permits } from './permits.ts'

/** The governors of this process: one for each account, whichever systems and connections use it. */
export interface Governors {
  /** `account`: names what the limits belong to, for example `netsuite 1234567`. */
  of(account: string, limits: CallLimits): Governor
}

export function createGovernors(
  clock: Clock,
  permitsOf: (account: string, limits: CallLimits) => Permits = ownPermits,
): Governors {
  const made = new Map<string, Governor>()
  return {
    of(account, limits) {
      const key = JSON.stringify([account, limits.concurrency, limits.perMinute])
      const known = made.get(key)
      if (known !== undefined) return known
      const governor = createGovernor(limits, permitsOf(account, limits), clock)
      made.set(key, governor)
      return governor
    },
  }
}
