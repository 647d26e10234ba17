import { createSignal } from 'solid-js'

const [isLive, setIsLive] = createSignal(false)

/** Whether the API streams changes. Otherwise every list is polled. */
export { isLive, setIsLive }

/**
 * After an action of one's own, lists are polled until its effect has been projected, whether the API streams changes
 * or not.
 */
const WATCHED_MS = 60_000
let actedAt = Number.NEGATIVE_INFINITY

export function noteAction(): void {
  actedAt = performance.now()
}

/** Whether the page can rely on streamed changes: not shortly after an action of its own. */
export function isToldOfChanges(): boolean {
  return isLive() && performance.now() - actedAt > WATCHED_MS
}
