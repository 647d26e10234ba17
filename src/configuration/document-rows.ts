import Type from 'typebox'
import { StreamError } from '../errors.ts'
import { canonicalJson } from '../events/canonical-json.ts'
import { digest } from '../events/identity.ts'
import type { Condition, Item, Key, Tables } from '../platform/dynamodb/tables.ts'
import { readableItems } from '../platform/dynamodb/unreadable-rows.ts'
import { fitTogether, noteChange } from './changes.ts'
import type { StoredKind } from './document-schemas.ts'
import { documentOfRow, readStored } from './stored-documents.ts'
import { checkedForm, normalForm } from './stored-form.ts'
import { CONNECTIONS, PRODUCT_METADATA } from './tables.ts'

/** Who changes something, when, and what they think is there. */
export interface Author {
  readonly by: string
  /** ISO 8601. */
  readonly at: string
  readonly reason: string | null
  /** The document that is changed on a condition; the others are changed without. */
  readonly expect?: Expected | undefined
}

/** The revision that was read; null: the document is to be new; `any`: it is to be there. */
export interface Expected {
  readonly kind: StoredKind
  readonly id: string
  readonly revision: number | 'any' | null
}

export interface DocumentRow {
  readonly kind: StoredKind
  readonly id: string
  /** What is stored; a connection's revision is put into it when it is written. */
  readonly document: object
  /** What makes it another besides its content: a connection's metadata. */
  readonly beside: object
}

/** Who removed a document, when and why. */
const storedRemoval = Type.Object({
  by: Type.String(),
  at: Type.String(),
  reason: Type.Union([Type.String(), Type.Null()]),
})

/** The last change of a document, with what it was before. */
const storedChange = Type.Object({ ...storedRemoval.properties, before: Type.Unknown() })

export const digestOf = (content: object): string => digest(canonicalJson(content))

/** Of everything that makes a row another. */
export function rowDigest({ beside }: Pick<DocumentRow, 'beside'>, document: object): string {
  return digestOf({ ...document, ...beside })
}

export function placeOf({ kind, id }: Pick<DocumentRow, 'kind' | 'id'>): { readonly table: string; readonly key: Key } {
  if (kind === 'product-metadata') return { table: PRODUCT_METADATA, key: { connection: id } }
  return { table: CONNECTIONS, key: { kind, id } }
}

/** Revisions of a kind and id go on where they ended, also after it was removed: rows carry them as part of their version. */
function graveOf({ kind, id }: Pick<DocumentRow, 'kind' | 'id'>): Key {
  return { kind: 'removed', id: `${kind} ${id}` }
}

/**
 * True: written; false: equal already; null: another writer was in between. The change is kept in the row with the
 * document and noted in the book afterwards: whoever writes or lists next makes up for a crash between the two.
 */
export async function writeDocument(tables: Tables, row: DocumentRow, author: Author): Promise<boolean | null> {
  const { table, key } = placeOf(row)
  const found = await tables.get(table, key)
  if (found?.['removing'] !== undefined) await settleRow(tables, row, found)
  const before = found?.['removing'] === undefined ? found : undefined
  checkExpected(row, before, author)
  if (before !== undefined && isSame(row, before)) return false
  if (before !== undefined) await settleReadable(tables, row, before)
  const known = before ?? (await tables.get(CONNECTIONS, graveOf(row)))
  const revision = Number(known?.['revision'] ?? 0) + 1
  const document = row.kind === 'connection' ? { ...row.document, revision } : row.document
  const was = before?.['document'] ?? null
  const item = {
    ...key,
    digest: rowDigest(row, row.document),
    revision,
    document,
    ...changeItem(was, document, author),
  }
  if (!(await tables.put(table, item, asItWas(before)))) return null
  await settleRow(tables, row, item)
  return true
}

/** Whether `writeDocument` would write, and the revision of what is there; 0: nothing. Throws `revision_differs` as it does. */
export async function compareDocument(
  tables: Tables,
  row: DocumentRow,
  author: Author,
): Promise<{ readonly revision: number; readonly changed: boolean }> {
  const { table, key } = placeOf(row)
  const found = await tables.get(table, key)
  const before = found?.['removing'] === undefined ? found : undefined
  checkExpected(row, before, author)
  return { revision: Number(before?.['revision'] ?? 0), changed: before === undefined || !isSame(row, before) }
}

/** Also where an older version wrote out what is the default: equal content is no change. */
function isSame(row: DocumentRow, before: Item): boolean {
  if (readableItems([before], (item) => documentOfRow(row.kind, item)).length === 0) return false
  if (before['digest'] === rowDigest(row, row.document)) return true
  const stored = before['document'] as object
  if (before['digest'] !== rowDigest(row, stored)) return false
  const content = (document: object) => digestOf({ ...document, revision: 0 })
  return content(normalForm(row.kind, stored)) === content(row.document)
}

/** Nothing where the document itself is the same: a connection whose metadata changed. */
function changeItem(before: unknown, after: object, { by, at, reason }: Author): Item {
  const same =
    before !== null && digestOf({ ...(before as object), revision: 0 }) === digestOf({ ...after, revision: 0 })
  if (same) return {}
  const whole = fitTogether(before, after)
  return { change: { by, at, reason, before: whole ? before : null, shortened: !whole } }
}

/** Marks a document as removed, notes it, and takes its row away. False: another writer was in between. */
export async function removeDocument(
  tables: Tables,
  row: Pick<DocumentRow, 'kind' | 'id'>,
  author: Author,
): Promise<boolean> {
  const { table, key } = placeOf(row)
  const before = await tables.get(table, key)
  checkExpected(row, before, author)
  if (before === undefined) return true
  await settleRow(tables, row, before)
  if (before['removing'] !== undefined) return true
  const { by, at, reason } = author
  const removing = await tables.update(table, key, { set: { removing: { by, at, reason } } }, asItWas(before))
  if (removing === null) return false
  await settleRow(tables, row, removing)
  return true
}

/** Brings to its end what a writer of this row began: notes its last change, and takes it away when it is removed. */
async function settleRow(tables: Tables, { kind, id }: Pick<DocumentRow, 'kind' | 'id'>, item: Item): Promise<void> {
  const revision = Number(item['revision'] ?? 0)
  const after = item['document'] ?? null
  const { change, removing } = checkNotes({ kind, id }, item)
  if (change !== null) {
    const { by, at, reason, before } = change
    await noteChange(tables, { at, by, kind, id, revision, reason, before, after })
  }
  if (removing === null) return
  const { table, key } = placeOf({ kind, id })
  await noteChange(tables, { ...removing, kind, id, revision: revision + 1, before: after, after: null })
  await tables.put(CONNECTIONS, { ...graveOf({ kind, id }), revision: revision + 1 })
  await tables.delete(table, key, { present: 'removing' })
}

/** As `settleRow`, of what can be read: notes that can't be keep no one from writing the row, or seeing other changes. */
export async function settleReadable(tables: Tables, row: Pick<DocumentRow, 'kind' | 'id'>, item: Item) {
  const [notes] = readableItems([item], (one) => checkNotes(row, one))
  if (notes !== undefined) await settleRow(tables, row, item)
}

/** What a row notes of its last change and of its removal; null: nothing. Throws `row_unreadable`. */
export function checkNotes(row: Pick<DocumentRow, 'kind' | 'id'>, item: Item) {
  const { table, key } = placeOf(row)
  const { change, removing } = item
  return readStored(table, Object.keys(key), item, () => ({
    change: change === undefined ? null : checkedForm(storedChange, change, 'a change'),
    removing: removing === undefined ? null : checkedForm(storedRemoval, removing, 'a removal'),
  }))
}

function checkExpected(
  { kind, id }: Pick<DocumentRow, 'kind' | 'id'>,
  before: Item | undefined,
  { expect }: Author,
): void {
  if (expect?.kind !== kind || expect.id !== id) return
  const is = before === undefined ? null : Number(before['revision'] ?? 0)
  if (expect.revision === is || (expect.revision === 'any' && is !== null)) return
  const now = is === null ? 'it is not there' : `it is at revision ${is}`
  throw new StreamError('revision_differs', `${kind} ${id}: ${now}; read it again and send the change anew`, {
    field: 'if-match',
  })
}

function asItWas(before: Item | undefined): Condition {
  // One without, which no one of ours wrote, is written over.
  if (before?.['digest'] === undefined) return { absent: 'digest' }
  const same: Condition = { attribute: 'digest', is: '=', value: String(before['digest']) }
  const { revision } = before
  return revision === undefined
    ? same
    : { allOf: [same, { attribute: 'revision', is: '=', value: Number(revision) }, { absent: 'removing' }] }
}
