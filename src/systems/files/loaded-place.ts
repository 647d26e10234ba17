import type { Place } from './place.ts'

/** A place whose library is loaded for its first visit: a process has few places, and starts without those of others. */
export function loadedPlace(name: string, load: () => Promise<Place>): Place {
  let place: Promise<Place> | undefined
  return {
    name,
    async visit(work, signal) {
      place ??= load()
      return await (await place).visit(work, signal)
    },
  }
}
