/** What is not as it should be, and what to do about it. */
export interface Problem {
  readonly message: string
  /** Null: the message says it, or there is nothing to do but wait. */
  readonly fix: string | null
}
