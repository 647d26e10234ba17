import { StreamError } from '../../errors.ts'
import type { FileRow } from './file-row.ts'

/** What a row of a file of fulfilments may be; `ignored`: nothing that the shop has to know. */
export const rowKinds = ['shipment', 'cancellation', 'closure', 'confirmation', 'ignored'] as const
export type RowKind = (typeof rowKinds)[number]

/** Problem of declared words; null: none. */
export function kindsProblem(words: ReadonlyMap<string, string>): string | null {
  const wrong = [...words].find(([, kind]) => !isKind(kind))
  if (wrong !== undefined) return `must have one of ${rowKinds.join(', ')} for each word; ${wrong[0]} has ${wrong[1]}`
  const plain = [...words.keys()].map(plainWord)
  const twice = plain.find((word, index) => plain.indexOf(word) < index)
  return twice === undefined ? null : `must have each word once; case does not count in ${twice}`
}

export interface StatusForm {
  /** Null: every row is a shipment. */
  readonly column: string | null
  /** Kinds by the words of the column. */
  readonly kinds: ReadonlyMap<string, string>
}

/** Reads the kind of a row. Throws `source_data_invalid` for a word that is not declared: it is never guessed. */
export function kindReader({ column, kinds }: StatusForm): (row: FileRow, place: string) => RowKind {
  if (column === null) return () => 'shipment'
  const known = new Map([...kinds].map(([word, kind]) => [plainWord(word), kind]))
  return (row, place) => {
    const word = row.cell(column)
    const kind = known.get(plainWord(word))
    if (kind !== undefined && isKind(kind)) return kind
    const shown = JSON.stringify(word.trim().slice(0, 40))
    const message = `${place}, column ${column}: ${shown} is no status that the setting kinds declares; add it there, or correct it at the vendor`
    throw new StreamError('source_data_invalid', message, { field: column })
  }
}

function isKind(kind: string): kind is RowKind {
  return rowKinds.some((one) => one === kind)
}

const plainWord = (word: string): string => word.trim().toLowerCase()
