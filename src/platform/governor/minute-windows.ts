/** Windows per minute: several keep a burst across the end of a minute small. */
const WINDOWS = 6

/** Windows of time in which an account's calls are counted. */
export interface MinuteWindows {
  /** Windows per minute. */
  readonly count: number
  /** Number of the window that contains a time. */
  at(now: number): number
}

/** Uses fewer windows for small limits, so that each allows at least one call. */
export function minuteWindows(perMinute: number): MinuteWindows {
  const count = Math.min(WINDOWS, perMinute)
  return { count, at: (now) => Math.floor((now * count) / 60_000) }
}
