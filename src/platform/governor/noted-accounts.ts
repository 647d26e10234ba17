import type { Governors } from './governors.ts'

/** An account that a system's calls are counted by, with its limits. */
export interface NotedAccount {
  readonly system: string
  readonly account: string
  /** What of the system it is for, in words; null: all that has no account of its own. */
  readonly part: string | null
  readonly concurrency: number
  /** Null: calls of a minute are not counted. */
  readonly per_minute: number | null
}

/** The same governors for one system; `note` gets the accounts that its client asks for. */
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
