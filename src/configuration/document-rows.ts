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

/** Author, time and reason of a change, and the revision that the author expects. */
export interface Author {
  readonly by: string
  /** ISO 8601. */
  readonly at: string
  readonly reason: string | null
  /** Expected revision of one document; other documents are changed without a condition. */
  readonly expect?: Expected | undefined
}

/** The revision that was read; null: the document must be new; `any`: it must exist. */
export interface Expected {
  readonly kind: StoredKind
  readonly id: string
  readonly revision: number | 'any' | null
}

export interface DocumentRow {
  readonly kind: StoredKind
  readonly id: string
  /** The stored document; writing a connection adds its revision. */
  readonly document: object
  /** Further content that counts as a change: a connection's metadata. */
  readonly beside: object
}

/** Author, time and reason of a removal. */
const storedRemoval = Type.Object({
  by: Type.String(),
  at: Type.String(),
  reason: Type.Union([Type.String(), Type.Null()]),
})

/** The last change of a document, with the document before it. */
const storedChange = Type.Object({ ...storedRemoval.properties, before: Type.Unknown() })

export const digestOf = (content: object): string => digest(canonicalJson(content))

/** Digest of everything that counts as a change of a row. */
export function rowDigest({ beside }: Pick<DocumentRow, 'beside'>, document: object): string {
  return digestOf({ ...document, ...beside })
}

export function placeOf({ kind, id }: Pick<DocumentRow, 'kind' | 'id'>): { readonly table: string; readonly key: Key } {
  if (kind === 'product-metadata') return { table: PRODUCT_METADATA, key: { connection: id } }
  return { table: CONNECTIONS, key: { kind, id } }
}

/**
 * Key of the last revision of a removed document: revisions continue from it, because rows contain them in their
 * version.
 */
function graveOf({ kind, id }: Pick<DocumentRow, 'kind' | 'id'>): Key {
  return { kind: 'removed', id: `${kind} ${id}` }
}

/**
 * True: written; false: already equal; null: another process wrote at the same time. The row stores the change with the
 * document, and the change is noted in the book afterwards: after a crash in between, the next write or list notes it.
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
    ...createdItem(row, before, author),
    ...changeItem(was, document, author),
  }
  if (!(await tables.put(table, item, { mine: asItWas(before) }))) return null
  await settleRow(tables, row, item)
  return true
}

/**
 * Whether `writeDocument` would write, and the current revision (0: no document). Throws `revision_differs` like it.
 */
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

/** Whether the content is equal, also if an older version stored default values explicitly. */
function isSame(row: DocumentRow, before: Item): boolean {
  if (readableItems([before], (item) => documentOfRow(row.kind, item)).length === 0) return false
  if (before['digest'] === rowDigest(row, row.document)) return true
  const stored = before['document'] as object
  if (before['digest'] !== rowDigest(row, stored)) return false
  const content = (document: object) => digestOf({ ...document, revision: 0 })
  return content(normalForm(row.kind, stored)) === content(row.document)
}

/** When a subscription was created: its events begin then. Unknown if an earlier release created it. */
function createdItem({ kind }: DocumentRow, before: Item | undefined, { at }: Author): Item {
  if (kind !== 'subscription') return {}
  const created_at = before === undefined ? at : before['created_at']
  return created_at === undefined ? {} : { created_at }
}

/** Empty when the document itself is the same, for example when only a connection's metadata changed. */
function changeItem(before: unknown, after: object, { by, at, reason }: Author): Item {
  const same =
    before !== null && digestOf({ ...(before as object), revision: 0 }) === digestOf({ ...after, revision: 0 })
  if (same) return {}
  const whole = fitTogether(before, after)
  return { change: { by, at, reason, before: whole ? before : null, shortened: !whole } }
}

/** Marks a document as removed, notes it, and deletes its row. False: another process wrote at the same time. */
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
  const set = { removing: { by, at, reason } }
  const removing = await tables.update(table, key, { set }, { mine: asItWas(before) })
  // After a request that was sent again, another process may have completed this removal: the row is gone then.
  if (removing === null) return (await tables.get(table, key)) === undefined
  await settleRow(tables, row, removing)
  return true
}

/** Completes the last write of this row: notes its change, and deletes the row if it is marked as removed. */
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

/** Like `settleRow`, but ignores unreadable notes, so that the row can be written and other changes can be listed. */
export async function settleReadable(tables: Tables, row: Pick<DocumentRow, 'kind' | 'id'>, item: Item) {
  const [notes] = readableItems([item], (one) => checkNotes(row, one))
  if (notes !== undefined) await settleRow(tables, row, item)
}

/** A row's notes about its last change and its removal; null: none. Throws `row_unreadable`. */
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
  const now = is === null ? 'it does not exist' : `it is at revision ${is}`
  throw new StreamError('revision_differs', `${kind} ${id}: ${now}; read it again and repeat the change`, {
    field: 'if-match',
  })
}

function asItWas(before: Item | undefined): Condition {
  // A row without a digest was not written by this program: overwrite it.
  if (before?.['digest'] === undefined) return { absent: 'digest' }
  const same: Condition = { attribute: 'digest', is: '=', value: String(before['digest']) }
  const { revision } = before
  return revision === undefined
    ? same
    : { allOf: [same, { attribute: 'revision', is: '=', value: Number(revision) }, { absent: 'removing' }] }
}
