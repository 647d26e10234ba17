import { StreamError } from '../../errors.ts'
import { ExactNumber, stringifyExact } from '../../platform/json.ts'
import { TEXT } from '../kit/xml-rows.ts'
import { type FileRow, plainName, plainText } from './file-row.ts'
import type { RowWords } from './row-source.ts'

/** A row as a reader found it. */
export interface FoundRow {
  readonly value: unknown
  readonly odd: string | null
  readonly number: number
  /** `line 7`. */
  readonly place: string
}

interface Cell {
  readonly name: string
  readonly value: unknown
}

export interface NestedRow extends FileRow {
  has(column: string): boolean
}

/** A row of named values; the columns of nested ones are their paths, such as `stock.free`. */
export function nestedRow({ value, odd, number, place }: FoundRow, words: RowWords): NestedRow {
  const isObject = isNested(value)
  let known: ReadonlyMap<string, Cell> | undefined
  const cells = () => {
    known ??= cellsOf(isObject ? value : {})
    return known
  }
  const valueAt = (column: string): unknown => cells().get(plainName(column))?.value ?? ''
  return {
    number,
    place,
    ...plainText,
    odd: odd ?? (isObject ? null : 'is not an object'),
    cell(column) {
      const found = valueAt(column)
      if (typeof found !== 'object') return String(found)
      if (found instanceof ExactNumber) return found.text
      const message =
        `${words.name}, ${place}, column ${column}: it is a list, not one value; name another column in the settings ` +
        `${words.settingsOf}.columns, or correct it at the vendor`
      throw new StreamError('source_data_invalid', message, { field: column })
    },
    numberIn(column) {
      const found = valueAt(column)
      return found instanceof ExactNumber ? found.text : null
    },
    keyProblem(column) {
      const found = valueAt(column)
      if (!(found instanceof ExactNumber) || !/e/i.test(found.text)) return null
      return `it is a number with an exponent (${found.text}), which says nothing of its digits; write it as a text at the vendor`
    },
    has: (column) => cells().has(plainName(column)),
    all: () => Object.fromEntries([...cells().values()].map((cell) => [cell.name, shown(cell.value)])),
  }
}

/** By their plain paths. The first of two names that differ in case counts; an object has its own cells too. */
function cellsOf(value: object): ReadonlyMap<string, Cell> {
  const cells = new Map<string, Cell>()
  const put = (name: string, cell: unknown) => {
    const plain = plainName(name)
    if (!cells.has(plain)) cells.set(plain, { name, value: cell })
  }
  const walk = (within: object, path: string) => {
    for (const [name, member] of Object.entries(within)) {
      // It stands under the path of its element, or says nothing.
      if (name === TEXT && (path !== '' || member === '')) continue
      const at = path === '' ? name : `${path}.${name}`
      if (!isNested(member)) put(at, member)
      else if (hasText(member)) {
        put(at, member[TEXT])
        walk(member, at)
      } else walk(member, at)
    }
  }
  walk(value, '')
  return cells
}

function isNested(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber)
}

function hasText(value: Readonly<Record<string, unknown>>): boolean {
  return typeof value[TEXT] === 'string' && value[TEXT] !== ''
}

function shown(value: unknown): string {
  if (value === null) return ''
  if (value instanceof ExactNumber) return value.text
  return typeof value === 'object' ? stringifyExact(value) : String(value)
}
