/** Weight of a value in addition to the texts in it. */
const EACH = 16

/**
 * Approximate cost of copying plain data to another thread: its characters plus a constant for each value. Stops
 * counting above `most`: the weight of heavier data is only known to be larger than `most`.
 */
export function weightOf(value: unknown, most: number): number {
  if (typeof value === 'string') return EACH + value.length
  if (typeof value !== 'object' || value === null) return EACH
  let weight = EACH
  for (const name in value) {
    if (weight > most) return weight
    weight += name.length + weightOf(Reflect.get(value, name), most - weight)
  }
  return weight
}
