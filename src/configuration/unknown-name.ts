/** What to say of a name that is not among the known ones, to be put behind it. */
export function unknownName(name: string, known: readonly string[]): string {
  if (known.length === 0) return 'is not known: there are none; remove it'
  const near = nearName(name, known)
  return `is not known; ${near === undefined ? '' : `did you mean ${near}? `}known are: ${listed(known)}`
}

const MOST_LISTED = 60

/** The first of them, where there are many: they are repeated for each unknown name. */
function listed(known: readonly string[]): string {
  const shown = known.slice(0, MOST_LISTED).join(', ')
  return known.length <= MOST_LISTED ? shown : `${shown} and ${known.length - MOST_LISTED} more`
}

/** Longer ones were not mistyped, and each letter would be compared with each letter of every known name. */
const LONGEST_MISTYPED = 100
/** Letters that a mistyped name differs in. */
const FURTHEST = 2

/** The known name that was probably meant. */
export function nearName(name: string, known: readonly string[]): string | undefined {
  if (name.length > LONGEST_MISTYPED) return undefined
  // Of another length by more, it is further off already.
  const alike = known.filter((one) => Math.abs(one.length - name.length) <= FURTHEST)
  const distances = alike.map((one) => ({ one, distance: distanceOf(one.toLowerCase(), name.toLowerCase()) }))
  const [nearest] = distances.toSorted((a, b) => a.distance - b.distance)
  return nearest !== undefined && nearest.distance <= FURTHEST && nearest.distance < name.length
    ? nearest.one
    : undefined
}

/** How many letters are added, left out or changed. */
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
