import type { Clock } from '../clock.ts'
import type { Tables } from '../dynamodb/tables.ts'
import { type CallLimits, createGovernor, type Governor } from './governor.ts'
import { ownPermits, type Permits } from './permits.ts'
import { createSharedPermits, type SharedPermits } from './shared-permits.ts'

/** The governors of this process: one for each account, whichever systems and connections use it. */
export interface Governors {
  /** `account`: names what the limits belong to, for example `netsuite 1234567`. */
  of(account: string, limits: CallLimits): Governor
}

/** Governors that share their accounts' limits with other processes. */
export interface SharedGovernors extends Governors {
  /** Gives back what is held: other processes need not wait until it runs out. */
  close(): Promise<void>
}

/** `owner` names this process among those with the same accounts. */
export function createSharedGovernors(tables: Tables, clock: Clock, owner: string): SharedGovernors {
  const shared: SharedPermits[] = []
  const governors = createGovernors(clock, (account, limits) => {
    const permits = createSharedPermits(account, limits, { tables, clock, owner: `${owner}/${shared.length}` })
    shared.push(permits)
    return permits
  })
  return {
    of: (account, limits) => governors.of(account, limits),
    close: async () => void (await Promise.all(shared.map((permits) => permits.close()))),
  }
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
