/** Calls of a minute are counted in six windows: a burst at the end of one minute and the beginning of the next stays small. */
const WINDOWS = 6

/** The windows in which the calls of an account are counted. */
export interface MinuteWindows {
  /** How many a minute has. */
  readonly count: number
  /** The number of the one that a time is in. */
  at(now: number): number
}

/** Fewer where there are fewer calls: each window has one at the least. */
export function minuteWindows(perMinute: number): MinuteWindows {
  const count = Math.min(WINDOWS, perMinute)
  return { count, at: (now) => Math.floor((now * count) / 60_000) }
}
