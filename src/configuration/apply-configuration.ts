import { StreamError } from '../errors.ts'
import type { Condition, Tables } from '../platform/dynamodb/tables.ts'
import { type Author, type DocumentRow, digestOf, rowDigest, writeDocument } from './document-rows.ts'
import type { Configuration } from './model.ts'
import { encodeConnection, encodeMetadata, encodeRecipient, encodeSystem } from './stored-form.ts'
import { CONNECTIONS, REVISION_KEY } from './tables.ts'

export interface Applied {
  /** `system magento`, `connection magento-netsuite`, `product-metadata magento-netsuite` */
  readonly changed: string[]
  readonly unchanged: number
}

/** How often an apply begins again when another one wrote at the same time. */
const ATTEMPTS = 5

/**
 * Writes what differs from the tables; equal content writes nothing. What the tables hold beyond it stays. The revision
 * of a connection grows only when it or its metadata changed. Each change is kept with who made it and when. Throws
 * `concurrent_change` when others keep writing, and `revision_differs` when the author expects another revision.
 */
export async function applyConfiguration(
  tables: Tables,
  configuration: Configuration,
  author: Partial<Author> = {},
): Promise<Applied> {
  const changed = new Set<string>()
  const whole = { by: 'apply', at: new Date().toISOString(), reason: null, ...author }
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const done = await applyOnce(tables, configuration, whole, changed)
    if (done === null) continue
    return { changed: [...changed], unchanged: done - changed.size }
  }
  throw new StreamError('concurrent_change', 'another process keeps changing the configuration; apply it again')
}

/** The number of documents; null: another writer was in between. */
async function applyOnce(
  tables: Tables,
  configuration: Configuration,
  author: Author,
  changed: Set<string>,
): Promise<number | null> {
  const rows = rowsOf(configuration)
  for (const row of rows) {
    const named = `${row.kind} ${row.id}`
    // What this apply has written is at the next revision: it is not expected at the old one when others made it begin again.
    const expect = changed.has(named) ? undefined : author.expect
    const written = await writeDocument(tables, row, { ...author, expect })
    if (written === null) return null
    if (written) changed.add(named)
  }
  // What is written over a damaged row may be what was applied last.
  const raised = await raiseRevision(tables, digestOf(storedForm(configuration)), changed.size > 0)
  return raised ? rows.length : null
}

/** The whole as its digest is made: by what is stored of it. */
function storedForm({ systems, connections, metadata, recipients = [] }: Configuration): object {
  return {
    revision: 0,
    systems: systems.map(encodeSystem),
    connections: connections.map(encodeConnection),
    metadata: metadata.map(encodeMetadata),
    ...(recipients.length === 0 ? {} : { recipients: recipients.map(encodeRecipient) }),
  }
}

/** What is stored of a configuration. */
export function rowsOf({ metadata, systems, connections, recipients = [] }: Configuration): readonly DocumentRow[] {
  const metadataRows = metadata.map((one): DocumentRow => {
    return { kind: 'product-metadata', id: one.connection, document: encodeMetadata(one), beside: {} }
  })
  const digests = new Map(metadataRows.map((row) => [row.id, rowDigest(row, row.document)]))
  const systemRows = systems.map((one): DocumentRow => {
    return { kind: 'system', id: one.id, document: encodeSystem(one), beside: {} }
  })
  const connectionRows = connections.map((one): DocumentRow => {
    const beside = { revision: 0, metadata: digests.get(one.id) ?? null }
    return { kind: 'connection', id: one.id, document: encodeConnection(one), beside }
  })
  const recipientRows = recipients.map((one): DocumentRow => {
    return { kind: 'recipient', id: one.id, document: encodeRecipient(one), beside: {} }
  })
  return [...metadataRows, ...systemRows, ...connectionRows, ...recipientRows]
}

/**
 * Raised last, and by the digest of what was applied, so that an apply that was cut off is completed by the next one and
 * those who watch the revision see everything that came before it; `anyway`: also by the digest that is there. False:
 * another writer was in between.
 */
export async function raiseRevision(tables: Tables, contentDigest: string, anyway = false): Promise<boolean> {
  const before = await tables.get(CONNECTIONS, REVISION_KEY)
  if (before?.['digest'] === contentDigest && !anyway) return true
  const revision = Number(before?.['revision'] ?? 0) + 1
  const same: Condition =
    before === undefined ? { absent: 'digest' } : { attribute: 'digest', is: '=', value: String(before['digest']) }
  return tables.put(CONNECTIONS, { ...REVISION_KEY, revision, digest: contentDigest }, same)
}
