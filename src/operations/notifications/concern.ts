import type { NotificationCause } from '../../configuration/model.ts'

/** A problem that needs a person. Contains ids, codes and error messages, but no personal data. */
export interface Concern {
  /** Identifies the cause as long as it lasts: `failed 25c9d5f105080966`. */
  readonly key: string
  readonly cause: NotificationCause
  /** Ids of the affected connections, at most 20; empty: no single connection. */
  readonly connections: readonly string[]
  /** The problem in one line, without the connection: `3 orders are late`. */
  readonly title: string
  /** The error's own message; null: there is none, or the recipient may not see it. */
  readonly detail: string | null
  /** ISO 8601; null: unknown. */
  readonly since: string | null
  /** What to do: a command or a sentence. */
  readonly fix: string
  /** Path of the page that shows it: `/problems/25c9d5f105080966`. */
  readonly page: string
}
