import type { NotificationCause } from '../../configuration/model.ts'

/** Something that needs a person. It holds no personal data: ids, codes, and messages of errors. */
export interface Concern {
  /** The same for as long as it is the same cause: `failed 25c9d5f105080966`. */
  readonly key: string
  readonly cause: NotificationCause
  /** Ids of the connections that it concerns, 20 at most; empty: of no single one. */
  readonly connections: readonly string[]
  /** What is wrong, in one line without the connection: `3 orders are late`. */
  readonly title: string
  /** The error's own message; null: there is none, or the recipient may not see it. */
  readonly detail: string | null
  /** ISO 8601; null: it is not known. */
  readonly since: string | null
  /** What to do: a command, or words. */
  readonly fix: string
  /** Path of the page that shows it, `/problems/25c9d5f105080966`. */
  readonly page: string
}
