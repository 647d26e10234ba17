/** Minimum time between two notes of a place; events in between are counted. */
const EVERY_MS = 10_000
/** Maximum number of remembered places; the oldest is forgotten first. */
const MOST = 1_000

interface Noted {
  readonly at: number
  missed: number
}

/**
 * Limits notes about events that anybody may cause: the first at once, then one per ten seconds and place, so that they
 * are visible but cannot fill disk or table. Returns the number of events that a note counts; null: no note now.
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
