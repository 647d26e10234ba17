/** Caches an expensive read: calls within `keptMs` share one result. A failed read is not cached. */
export function sharedLook<T>(look: () => Promise<T>, clock: { now(): number }, keptMs: number): () => Promise<T> {
  let last: { readonly at: number; readonly found: Promise<T> } | undefined
  return async () => {
    const now = clock.now()
    if (last !== undefined && now - last.at < keptMs) return await last.found
    const own = { at: now, found: look() }
    last = own
    try {
      return await own.found
    } catch (error) {
      if (last === own) last = undefined
      throw error
    }
  }
}
