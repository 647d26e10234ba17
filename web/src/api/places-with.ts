import { mapBounded } from '../../../src/platform/bounded.ts'

/** Browsers ask one API for six things at once: what else the page needs finds its turn. */
const AT_ONCE = 4

/** Those of many places in which something is found, a few asked at a time. */
export async function placesWith(
  places: readonly string[],
  isFoundIn: (place: string) => Promise<boolean>,
): Promise<readonly string[]> {
  const found = await mapBounded(places, AT_ONCE, isFoundIn)
  return places.filter((_, index) => found[index])
}
