import { mapBounded } from '../../../src/platform/bounded.ts'

/** Browsers send six requests at a time to one API; this leaves room for others. */
const AT_ONCE = 4

/** The places in which something is found, with few requests at a time. */
export async function placesWith(
  places: readonly string[],
  isFoundIn: (place: string) => Promise<boolean>,
): Promise<readonly string[]> {
  const found = await mapBounded(places, AT_ONCE, isFoundIn)
  return places.filter((_, index) => found[index])
}
