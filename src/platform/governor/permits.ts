/** The right to one call, until it is given back. */
export interface Permit {
  giveBack(): void
}

/** What waits for a permit: the most urgent's rank (0 is first), and how many calls could begin. */
export interface Wanted {
  readonly rank: number
  readonly calls: number
}

export interface PermitListener {
  /** A permit may be there now. */
  changed(): void
  /** There are no permits: whoever waits fails. */
  failed(error: unknown): void
}

/** Where a governor has its permits from: this process alone, or shared with others of the same account. */
export interface Permits {
  /** Undefined: there is none now; `changed` says when to ask again. */
  tryTake(): Permit | undefined
  /** Null: nothing waits. */
  want(wanted: Wanted | null): void
  /** Milliseconds UTC before which no call begins, as other processes have noted. */
  pausedUntil(): number
  pauseUntil(until: number): void
  listen(listener: PermitListener): void
}

/** Permits without end: the governor's own limit is the only one. */
export function ownPermits(): Permits {
  const permit: Permit = { giveBack: () => undefined }
  return {
    tryTake: () => permit,
    want: () => undefined,
    pausedUntil: () => 0,
    pauseUntil: () => undefined,
    listen: () => undefined,
  }
}
