/** Message for an unknown name, which it follows. */
export function unknownName(name: string, known: readonly string[]): string {
  if (known.length === 0) return 'is not known: there are no known ones; remove it'
  const near = nearName(name, known)
  return `is not known; ${near === undefined ? '' : `did you mean ${near}? `}known are: ${listed(known)}`
}

const MOST_LISTED = 60

/** The first known names: the list is repeated for each unknown name. */
function listed(known: readonly string[]): string {
  const shown = known.slice(0, MOST_LISTED).join(', ')
  return known.length <= MOST_LISTED ? shown : `${shown} and ${known.length - MOST_LISTED} more`
}

/** Longer names are not typing mistakes, and comparing them with every known name takes quadratic time. */
const LONGEST_MISTYPED = 100
/** Most differences of a mistyped name. */
const FURTHEST = 2

/** The known name that was probably meant; undefined: none is near. */
export function nearName(name: string, known: readonly string[]): string | undefined {
  if (name.length > LONGEST_MISTYPED) return undefined
  // A larger difference in length already means more differences.
  const alike = known.filter((one) => Math.abs(one.length - name.length) <= FURTHEST)
  const distances = alike.map((one) => ({ one, distance: distanceOf(one.toLowerCase(), name.toLowerCase()) }))
  const [nearest] = distances.toSorted((a, b) => a.distance - b.distance)
  return nearest !== undefined && nearest.distance <= FURTHEST && nearest.distance < name.length
    ? nearest.one
    : undefined
}

/** Number of added, left out or changed letters. */
function distanceOf(one: string, other: string): number {
  let before = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= other.length; column += 1) {
      const change = (before[column - 1] ?? 0) + (one[row - 1] === other[column - 1] ? 0 : 1)
      current.push(Math.min(change, (before[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1))
    }
    before = current
  }
  return before.at(-1) ?? 0
}
