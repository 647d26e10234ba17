/** A problem and its fix. */
export interface Problem {
  readonly message: string
  /** Null: the message names it, or it is enough to wait. */
  readonly fix: string | null
}
