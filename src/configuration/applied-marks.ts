import type { Item, Tables } from '../platform/dynamodb/tables.ts'
import { type DocumentRow, digestOf, placeOf } from './document-rows.ts'
import { stays } from './stored-documents.ts'
import { normalForm } from './stored-form.ts'
import { CONNECTIONS } from './tables.ts'

type DocumentPlace = Pick<DocumentRow, 'kind' | 'id'>

/** Documents that were applied from a folder, with what was applied last (partition `applied`, sort `<kind> <id>`). */
const APPLIED = 'applied'

const markOf = ({ kind, id }: DocumentPlace): string => `${kind} ${id}`

/** Of what a document says, whatever its revision is. */
const contentOf = (document: object): string => digestOf({ ...document, revision: 0 })

/**
 * The documents of a folder that were changed or removed otherwise (through the API, on the page) since a folder was applied
 * last, and are not as this folder has them: to apply it would undo that. One that was never applied from a folder is none.
 */
export async function changedSinceApplied(
  tables: Tables,
  rows: readonly DocumentRow[],
): Promise<readonly DocumentPlace[]> {
  const marks = new Map(
    (await tables.query(CONNECTIONS, { partition: APPLIED })).map((item) => [String(item['id']), item]),
  )
  const found = await Promise.all(
    rows.map(async (row) => {
      const mark = marks.get(markOf(row))
      if (mark === undefined) return []
      const { table, key } = placeOf(row)
      const stored = await tables.get(table, key)
      const known: readonly unknown[] = [mark['digest'], mark['coming'], contentOf(row.document)]
      const is = stored === undefined || !stays(stored) ? 'removed' : storedContent(row, stored)
      return is === null || known.includes(is) ? [] : [{ kind: row.kind, id: row.id }]
    }),
  )
  return found.flat()
}

/** Null: it can't be read, and is healed by what is applied. */
function storedContent({ kind }: DocumentPlace, item: Item): string | null {
  try {
    return contentOf(normalForm(kind, item['document']))
  } catch {
    return null
  }
}

/** Before documents are written: an apply that is cut off has changed nothing that the next one takes for somebody else's change. */
export async function markComing(tables: Tables, rows: readonly DocumentRow[]): Promise<void> {
  for (const row of rows) {
    const key = { kind: APPLIED, id: markOf(row) }
    await tables.update(CONNECTIONS, key, { set: { coming: contentOf(row.document) } })
  }
}

export async function markApplied(tables: Tables, rows: readonly DocumentRow[]): Promise<void> {
  for (const row of rows) {
    await tables.put(CONNECTIONS, { kind: APPLIED, id: markOf(row), digest: contentOf(row.document) })
  }
}
