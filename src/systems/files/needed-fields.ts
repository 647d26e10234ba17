import { type FileWords, fileError } from '../kit/file-errors.ts'
import { plainName } from './file-row.ts'
import type { NestedRow } from './nested-row.ts'

/**
 * Formats without a header may leave out fields that are empty, so only the whole file shows that it lacks one: no row
 * has it.
 */
export function neededFields(needed: readonly string[], words: FileWords) {
  const missing = new Map(needed.map((name) => [plainName(name), name]))
  let names: readonly string[] | null = null
  return {
    note(row: NestedRow): void {
      if (missing.size === 0 || row.odd !== null) return
      names ??= Object.keys(row.all())
      for (const name of missing.keys()) if (row.has(name)) missing.delete(name)
    },
    /** Throws `source_data_invalid` at the end of a file that lacks a field in all rows. */
    assertFound(): void {
      const [name] = missing.values()
      if (name === undefined || names === null) return
      const has = names.map((one) => JSON.stringify(one.slice(0, 40))).join(', ')
      const reason = `no row has ${name}, but the first has ${has.slice(0, 400) || 'nothing'}; correct the columns in the settings`
      throw fileError(words, reason, name)
    },
  }
}
