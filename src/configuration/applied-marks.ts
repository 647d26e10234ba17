import type { Item, Tables } from '../platform/dynamodb/tables.ts'
import { type DocumentRow, digestOf, placeOf } from './document-rows.ts'
import { stays } from './stored-documents.ts'
import { normalForm } from './stored-form.ts'
import { CONNECTIONS } from './tables.ts'

type DocumentPlace = Pick<DocumentRow, 'kind' | 'id'>

/**
 * Documents that were applied from a folder, with their last applied content (partition `applied`, sort `<kind> <id>`).
 */
const APPLIED = 'applied'

const markOf = ({ kind, id }: DocumentPlace): string => `${kind} ${id}`

/** Digest of a document's content without its revision. */
const contentOf = (document: object): string => digestOf({ ...document, revision: 0 })

/**
 * The documents of a folder that were changed or removed elsewhere (through the API or on the page) since the last
 * apply and differ from this folder: applying it would undo that change. Documents that no folder ever applied are left
 * out.
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

/** Null: the stored document can't be read; an apply replaces it. */
function storedContent({ kind }: DocumentPlace, item: Item): string | null {
  try {
    return contentOf(normalForm(kind, item['document']))
  } catch {
    return null
  }
}

/**
 * Call before documents are written, so that the next apply does not mistake an interrupted one for another's change.
 */
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
