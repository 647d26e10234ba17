import type { Clock } from '../clock.ts'
import type { Tables } from '../dynamodb/tables.ts'
import { type Meter, noMeter } from '../metrics/meter.ts'
import {
  type AccountStanding,
  type CallLimits,
  createGovernor,
  type Governor,
  type WatchedGovernor,
} from './governor.ts'
import { ownPermits, type Permits } from './permits.ts'
import { createSharedPermits, type SharedPermits } from './shared-permits.ts'

/** The governors of this process: one per account, shared by all systems and connections that use it. */
export interface Governors {
  /**
   * `account`: names the owner of the limits, for example `netsuite 1234567`. `part`: the part of the system that these
   * limits are for, in words, when the system has several.
   */
  of(account: string, limits: CallLimits, part?: string): Governor
}

/** Governors that report the use of their accounts. */
export interface WatchedGovernors extends Governors {
  /** Each account once. */
  standing(): readonly AccountStanding[]
}

/** Governors that share their accounts' limits with other processes. */
export interface SharedGovernors extends WatchedGovernors {
  /** Releases all slots, so that other processes need not wait until the leases expire. */
  close(): Promise<void>
}

/** `owner` identifies this process among those with the same accounts. */
export function createSharedGovernors(
  tables: Tables,
  clock: Clock,
  owner: string,
  meter: Meter = noMeter,
): SharedGovernors {
  const shared: SharedPermits[] = []
  const permitsOf = (account: string, limits: CallLimits) => {
    const permits = createSharedPermits(account, limits, { tables, clock, owner: `${owner}/${shared.length}` })
    shared.push(permits)
    return permits
  }
  const governors = createGovernors(clock, permitsOf, meter)
  return {
    of: (account, limits) => governors.of(account, limits),
    standing: () => governors.standing(),
    close: async () => void (await Promise.all(shared.map((permits) => permits.close()))),
  }
}

export function createGovernors(
  clock: Clock,
  permitsOf: (account: string, limits: CallLimits) => Permits = ownPermits,
  meter: Meter = noMeter,
): WatchedGovernors {
  const made = new Map<string, { readonly account: string; readonly governor: WatchedGovernor }>()
  return {
    of(account, limits) {
      const key = JSON.stringify([account, limits.concurrency, limits.perMinute])
      const known = made.get(key)
      if (known !== undefined) return known.governor
      const governor = createGovernor(limits, permitsOf(account, limits), clock, { meter, account })
      made.set(key, { account, governor })
      return governor
    },
    standing() {
      const accounts = Map.groupBy(made.values(), ({ account }) => account)
      return [...accounts].map(([account, own]) => together(account, own))
    },
  }
}

/** Sums up the governors of an account: after a change of its limits it has one for each version. */
function together(account: string, own: readonly { readonly governor: WatchedGovernor }[]): AccountStanding {
  const all = own.map(({ governor }) => governor.standing())
  return {
    account,
    running: all.reduce((sum, { running }) => sum + running, 0),
    waiting: all.reduce((sum, { waiting }) => sum + waiting, 0),
    allowed: all.at(-1)?.allowed ?? 0,
    restMs: Math.max(0, ...all.map(({ restMs }) => restMs)),
  }
}
