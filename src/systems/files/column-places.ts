import { type FileWords, fileError } from '../kit/file-errors.ts'
import { plainName } from './file-row.ts'

/**
 * Places of columns by their plain names. Throws `source_data_invalid` if a needed one is missing or twice. `place`: of
 * the names, such as `line 1`; `alternative`: the setting that may be wrong instead.
 */
export function columnPlaces(
  names: readonly string[],
  needed: readonly string[],
  place: string,
  alternative: string,
  words: FileWords,
): ReadonlyMap<string, number> {
  const places = new Map<string, number>()
  for (const [index, name] of names.entries()) {
    const known = plainName(name)
    if (places.has(known) && needed.some((one) => plainName(one) === known)) {
      throw fileError(words, `${place} has two columns ${name}; rename one of them`, name)
    }
    if (!places.has(known)) places.set(known, index)
  }
  const missing = needed.find((name) => !places.has(plainName(name)))
  if (missing === undefined) return places
  const has = names.map((name) => JSON.stringify(name.slice(0, 40))).join(', ')
  const reason = `${place} has no column ${missing}, but ${has.slice(0, 400)}; correct the columns in the settings, or the ${alternative}`
  throw fileError(words, reason, missing)
}
