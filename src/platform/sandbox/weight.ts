/** What a value weighs beside the texts in it. */
const EACH = 16

/**
 * About how much work it is to copy plain data to another thread: the characters in it, and something for each value.
 * No more of it is looked at than weighs `most`: what weighs more is told to weigh more, by as much as it is.
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
