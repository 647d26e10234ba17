import { StreamError } from '../errors.ts'
import type { Item, Tables } from '../platform/dynamodb/tables.ts'
import { readableItems } from '../platform/dynamodb/unreadable-rows.ts'
import { applyConfiguration, raiseRevision, rowsOf } from './apply-configuration.ts'
import { type ChangeFilter, type ConfigurationChange, listChanges } from './changes.ts'
import { type CheckChange, checkPut, checkRemove } from './check-change.ts'
import { type Author, compareDocument, digestOf, placeOf, removeDocument, settleReadable } from './document-rows.ts'
import type { StoredKind } from './document-schemas.ts'
import { documentOfRow, stays } from './stored-documents.ts'
import { documentOf, normalForm } from './stored-form.ts'
import { CONNECTIONS, PRODUCT_METADATA } from './tables.ts'

/** A configured document, with the revision that changes are compared with. */
export interface StoredDocument {
  readonly id: string
  readonly revision: number
  readonly document: Readonly<Record<string, unknown>>
}

/** The configuration, document by document; the API and the command share it. */
export interface ConfigurationStore {
  list(kind: StoredKind): Promise<readonly StoredDocument[]>
  get(kind: StoredKind, id: string): Promise<StoredDocument | undefined>
  /**
   * Checks a document against the others as `validate` does and writes it. Throws `request_invalid` with every mistake,
   * and `revision_differs`.
   */
  put(kind: StoredKind, id: string, body: unknown, author: Author): Promise<StoredDocument & { changed: boolean }>
  /** What `put` would store, with the current revision (0: no document); throws like `put` and writes nothing. */
  try(kind: StoredKind, id: string, body: unknown, author: Author): Promise<StoredDocument & { changed: boolean }>
  /** Throws `not_found`, `revision_differs`, and `state_conflict` when other documents need it. */
  remove(kind: StoredKind, id: string, author: Author): Promise<void>
  /** Checks whether `remove` would succeed; throws `not_found` and `state_conflict` like `remove`. */
  tryRemove(kind: StoredKind, id: string): Promise<void>
  changes(
    filter: ChangeFilter,
    limit: number,
    after: string | null,
  ): Promise<{ readonly changes: readonly ConfigurationChange[]; readonly next: string | null }>
}

export interface StoreDeps {
  readonly tables: Tables
  readonly check: CheckChange
  /** Called before changes are listed: records changes that others still have to note. */
  readonly settle: () => Promise<void>
}

const ATTEMPTS = 5

export function createConfigurationStore(deps: StoreDeps): ConfigurationStore {
  const { tables } = deps
  const get = async (kind: StoredKind, id: string) => {
    const { table, key } = placeOf({ kind, id })
    const item = await tables.get(table, key)
    return item === undefined || item['removing'] !== undefined ? undefined : toStored(kind, item)
  }
  return {
    get,
    list: (kind) => storedOf(tables, kind),
    async put(kind, id, body, author) {
      const part = await checkPut(deps.check, await documents(tables), kind, id, body)
      const { changed } = await applyConfiguration(tables, part, author)
      const stored = await get(kind, id)
      if (stored === undefined) throw new StreamError('concurrent_change', `${kind} ${id} was removed at the same time`)
      return { ...stored, changed: changed.includes(`${kind} ${id}`) }
    },
    async try(kind, id, body, author) {
      const part = await checkPut(deps.check, await documents(tables), kind, id, body)
      const row = rowsOf(part).find((one) => one.kind === kind && one.id === id)
      if (row === undefined) throw new StreamError('request_invalid', `the body is not a ${kind} document`)
      const { revision, changed } = await compareDocument(tables, row, author)
      return { id, revision, document: documentOf(kind, row.document), changed }
    },
    async remove(kind, id, author) {
      await checkRemove(deps.check, await documents(tables), kind, id)
      if (kind === 'connection') await removeOne(tables, 'product-metadata', id, author)
      await removeOne(tables, kind, id, author)
    },
    async tryRemove(kind, id) {
      await checkRemove(deps.check, await documents(tables), kind, id)
    },
    async changes(filter, limit, after) {
      await settleAll(tables)
      await deps.settle()
      const { changes, next } = await listChanges(tables, filter, limit, after)
      return { changes: changes.map(asDocuments), next }
    },
  }
}

async function removeOne(tables: Tables, kind: StoredKind, id: string, author: Author): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const removed = await removeDocument(tables, { kind, id }, author)
    if (removed && (await raiseRevision(tables, digestOf({ removed: [kind, id, author.at] })))) return
  }
  throw new StreamError('concurrent_change', `another process keeps changing ${kind} ${id}; try again`)
}

async function itemsOf(tables: Tables, kind: StoredKind): Promise<readonly Item[]> {
  if (kind !== 'product-metadata') return (await tables.query(CONNECTIONS, { partition: kind })).filter(stays)
  const items: Item[] = []
  for await (const page of tables.scan(PRODUCT_METADATA)) items.push(...page.filter(stays))
  return items.toSorted((a, b) => (String(a['connection']) < String(b['connection']) ? -1 : 1))
}

/** The change in the form of documents, so that an earlier one can be put again. */
function asDocuments(change: ConfigurationChange): ConfigurationChange {
  const { kind, before, after } = change
  return kind === 'cut-date' ? change : { ...change, before: shownOf(kind, before), after: shownOf(kind, after) }
}

/** Leaves a stored document unchanged whose form this version does not know. */
function shownOf(kind: StoredKind, stored: unknown): unknown {
  if (typeof stored !== 'object' || stored === null) return stored
  try {
    return documentOf(kind, normalForm(kind, stored))
  } catch (error) {
    if (error instanceof StreamError && error.code === 'configuration_invalid') return stored
    throw error
  }
}

/** Throws `row_unreadable`. */
function toStored(kind: StoredKind, item: Item): StoredDocument {
  documentOfRow(kind, item)
  const id = String(kind === 'product-metadata' ? item['connection'] : item['id'])
  return { id, revision: Number(item['revision'] ?? 0), document: documentOf(kind, item['document'] as object) }
}

async function storedOf(tables: Tables, kind: StoredKind): Promise<readonly StoredDocument[]> {
  return readableItems(await itemsOf(tables, kind), (item) => toStored(kind, item))
}

const kinds: readonly StoredKind[] = ['system', 'connection', 'product-metadata', 'recipient', 'subscription']

async function documents(tables: Tables): Promise<readonly (StoredDocument & { readonly kind: StoredKind })[]> {
  const all = await Promise.all(
    kinds.map(async (kind) => (await storedOf(tables, kind)).map((stored) => ({ kind, ...stored }))),
  )
  return all.flat()
}

/** Notes changes of writers that stopped between a change and its note. */
async function settleAll(tables: Tables): Promise<void> {
  for (const kind of ['system', 'connection', 'recipient', 'subscription'] as const) {
    for (const item of await tables.query(CONNECTIONS, { partition: kind })) {
      await settleReadable(tables, { kind, id: String(item['id']) }, item)
    }
  }
  for await (const items of tables.scan(PRODUCT_METADATA)) {
    for (const item of items) {
      await settleReadable(tables, { kind: 'product-metadata', id: String(item['connection']) }, item)
    }
  }
}
