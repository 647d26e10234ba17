import { patternOf } from '../name-pattern.ts'

/** Dates in names, as vendors write them, longest first. */
const DATES: readonly (readonly [RegExp, string])[] = [
  [/(?<!\d)20\d\d(-)(?:0[1-9]|1[0-2])-(?:[0-2]\d|3[01])([T_-])([0-2]\d)(-?)([0-5]\d)(?:(-?)([0-5]\d))?(?!\d)/, '-'],
  [/(?<!\d)20\d\d()(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])([T_-]?)([0-2]\d)()([0-5]\d)(?:()([0-5]\d))?(?!\d)/, ''],
  [/(?<!\d)20\d\d-(?:0[1-9]|1[0-2])-(?:[0-2]\d|3[01])(?!\d)/, '-'],
  [/(?<!\d)20\d\d_(?:0[1-9]|1[0-2])_(?:[0-2]\d|3[01])(?!\d)/, '_'],
  [/(?<!\d)20\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?!\d)/, ''],
]

/**
 * A pattern for names like this one, with the date that they are ordered by: `stock-{yyyy}{MM}{dd}.csv`; null: the name
 * has no date that begins with the year. Pure.
 */
export function datedName(name: string): string | null {
  for (const [date, sign] of DATES) {
    const found = date.exec(name)
    if (found === null) continue
    const pattern = name.slice(0, found.index) + partsOf(found, sign) + name.slice(found.index + found[0].length)
    return patternOf(pattern)?.match(name) === null ? null : pattern
  }
  return null
}

function partsOf(
  [, , between, hour, beforeMinutes = '', , beforeSeconds, seconds]: RegExpExecArray,
  sign: string,
): string {
  const day = `{yyyy}${sign}{MM}${sign}{dd}`
  if (hour === undefined) return day
  const time = `${between ?? ''}{HH}${beforeMinutes}{mm}`
  return day + time + (seconds === undefined ? '' : `${beforeSeconds ?? ''}{ss}`)
}
