import { createSignal } from 'solid-js'

const [isLive, setIsLive] = createSignal(false)

/** Whether the API says what changes. Otherwise every list is asked for again by itself. */
export { isLive, setIsLive }

/** What one has done oneself shows when it is projected, whether the API says so or not. */
const WATCHED_MS = 60_000
let actedAt = Number.NEGATIVE_INFINITY

export function noteAction(): void {
  actedAt = performance.now()
}

/** Whether the page waits to be told: not where it has just changed something itself. */
export function isToldOfChanges(): boolean {
  return isLive() && performance.now() - actedAt > WATCHED_MS
}
