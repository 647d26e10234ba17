/** Permission for one call, until it is given back. */
export interface Permit {
  giveBack(): void
}

/** Calls that wait for a permit: the rank of the most urgent (0 is first), and how many could start. */
export interface Wanted {
  readonly rank: number
  readonly calls: number
}

export interface PermitListener {
  /** Called when a permit may be available. */
  changed(): void
  /** Called when permits can't be obtained: waiting calls fail. */
  failed(error: unknown): void
}

/** Source of a governor's permits: this process alone, or shared with other processes of the same account. */
export interface Permits {
  /** Undefined: none is available; try again after `changed`. */
  tryTake(): Permit | undefined
  /** Sets the waiting calls; null: none. */
  want(wanted: Wanted | null): void
  /** Milliseconds UTC before which no call starts, as set by other processes. */
  pausedUntil(): number
  pauseUntil(until: number): void
  listen(listener: PermitListener): void
}

/** Unlimited permits: only the governor's own limit applies. */
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
