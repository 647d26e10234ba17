import { StreamError } from '../errors.ts'
import type { Condition, Item, Tables } from '../platform/dynamodb/tables.ts'
import { type Author, type DocumentRow, digestOf, rowDigest, writeDocument } from './document-rows.ts'
import type { Configuration } from './model.ts'
import { encodeConnection, encodeMetadata, encodeRecipient, encodeSubscription, encodeSystem } from './stored-form.ts'
import { CONNECTIONS, REVISION_KEY } from './tables.ts'

export interface Applied {
  /** `system magento`, `connection magento-netsuite`, `product-metadata magento-netsuite` */
  readonly changed: string[]
  readonly unchanged: number
}

/** How often an apply starts again when another one wrote at the same time. */
const ATTEMPTS = 5

/**
 * Writes documents that differ from the tables, and no equal ones. Other documents in the tables stay. The revision of
 * a connection grows only when it or its metadata changed. Records each change with its author and time. Throws
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
    try {
      const done = await applyOnce(tables, configuration, whole, changed)
      if (done !== null) return { changed: [...changed], unchanged: done - changed.size }
    } catch (error) {
      if (error instanceof StreamError && error.code === 'revision_differs') await raiseForPart(tables, changed, whole)
      throw error
    }
  }
  await raiseForPart(tables, changed, whole)
  throw new StreamError('concurrent_change', 'another process keeps changing the configuration; apply it again')
}

/** What was written is loaded too, although the rest was refused. */
async function raiseForPart(tables: Tables, changed: ReadonlySet<string>, { at }: Author): Promise<void> {
  if (changed.size > 0) await raiseRevision(tables, digestOf({ part: [...changed], at }))
}

/** The number of documents; null: another process wrote at the same time. */
async function applyOnce(
  tables: Tables,
  configuration: Configuration,
  author: Author,
  changed: Set<string>,
): Promise<number | null> {
  const rows = rowsOf(configuration)
  for (const row of rows) {
    const named = `${row.kind} ${row.id}`
    // Documents that this apply has written have the next revision, so a new attempt must not expect the old one.
    const expect = changed.has(named) ? undefined : author.expect
    const written = await writeDocument(tables, row, { ...author, expect })
    if (written === null) return null
    if (written) changed.add(named)
  }
  // Raise it also if the digest is equal: a damaged row may have been replaced by what was applied last.
  const raised = await raiseRevision(tables, digestOf(storedForm(configuration)), changed.size > 0)
  return raised ? rows.length : null
}

/** The stored form of the configuration, which its digest covers. */
function storedForm({ systems, connections, metadata, recipients = [], subscriptions = [] }: Configuration): object {
  return {
    revision: 0,
    systems: systems.map(encodeSystem),
    connections: connections.map(encodeConnection),
    metadata: metadata.map(encodeMetadata),
    ...(recipients.length === 0 ? {} : { recipients: recipients.map(encodeRecipient) }),
    ...(subscriptions.length === 0 ? {} : { subscriptions: subscriptions.map(encodeSubscription) }),
  }
}

/** The rows that store a configuration. */
export function rowsOf(configuration: Configuration): readonly DocumentRow[] {
  const { metadata, systems, connections, recipients = [], subscriptions = [] } = configuration
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
  const subscriptionRows = subscriptions.map((one): DocumentRow => {
    return { kind: 'subscription', id: one.id, document: encodeSubscription(one), beside: {} }
  })
  return [...metadataRows, ...systemRows, ...connectionRows, ...recipientRows, ...subscriptionRows]
}

/**
 * Raises the revision of the whole configuration. Call it last, with the digest of the applied content: then the next
 * apply completes an interrupted one, and processes that watch the revision see all earlier writes. `anyway`: also for
 * an equal digest. False: another process wrote at the same time.
 */
export async function raiseRevision(tables: Tables, contentDigest: string, anyway = false): Promise<boolean> {
  const before = await tables.get(CONNECTIONS, REVISION_KEY)
  if (before?.['digest'] === contentDigest && !anyway) return true
  const revision = Number(before?.['revision'] ?? 0) + 1
  return tables.put(CONNECTIONS, { ...REVISION_KEY, revision, digest: contentDigest }, { mine: asRead(before) })
}

/** The revision too: after an equal digest, a write that was sent again would put it back to an earlier one. */
function asRead(before: Item | undefined): Condition {
  if (before === undefined) return { absent: 'digest' }
  const same: Condition = { attribute: 'digest', is: '=', value: String(before['digest']) }
  const { revision } = before
  return revision === undefined ? same : { allOf: [same, { attribute: 'revision', is: '=', value: Number(revision) }] }
}
