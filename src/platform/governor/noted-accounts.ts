import type { Governors } from './governors.ts'

/** An account of a system, with its limits. */
export interface NotedAccount {
  readonly system: string
  readonly account: string
  /** Part of the system that uses it, in words; null: all parts without their own account. */
  readonly part: string | null
  readonly concurrency: number
  /** Null: calls per minute are not counted. */
  readonly per_minute: number | null
}

/** The same governors for one system; passes the accounts that its client uses to `note`. */
export function notingGovernors(
  governors: Governors,
  system: string,
  note: (account: NotedAccount) => void,
): Governors {
  return {
    of(account, limits, part) {
      const { concurrency, perMinute = null } = limits
      note({ system, account, part: part ?? null, concurrency, per_minute: perMinute })
      return governors.of(account, limits, part)
    },
  }
}
