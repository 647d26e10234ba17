/** One note of a place in so long; those in between are counted. */
const EVERY_MS = 10_000
/** Places that are remembered; the oldest goes first, and is noted again the next time. */
const MOST = 1_000

interface Noted {
  readonly at: number
  missed: number
}

/**
 * Decides what is noted of what strangers may cause as often as they like: the first at once, then one in ten seconds for
 * each place, so that it is seen and fills neither disk nor table. Answers how many the note stands for; null: none now.
 */
export function createBoundedNotes(clock: { now(): number }): (place: string) => number | null {
  const places = new Map<string, Noted>()
  return (place) => {
    const now = clock.now()
    const known = places.get(place)
    if (known !== undefined && now - known.at < EVERY_MS) {
      known.missed += 1
      return null
    }
    places.delete(place)
    const [oldest] = places.keys()
    if (places.size >= MOST && oldest !== undefined) places.delete(oldest)
    places.set(place, { at: now, missed: 0 })
    return 1 + (known?.missed ?? 0)
  }
}
