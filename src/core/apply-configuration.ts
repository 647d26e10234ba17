import { StreamError } from '../errors.ts'
import { canonicalJson, digest } from '../events/identity.ts'
import type { Condition, Item, Tables } from '../platform/dynamodb/tables.ts'
import type { Configuration } from './model.ts'
import { CONNECTIONS, PRODUCT_METADATA, REVISION_KEY } from './tables.ts'

export interface Applied {
  /** `system magento`, `connection magento-netsuite`, `product-metadata magento-netsuite` */
  readonly changed: string[]
  readonly unchanged: number
}

/** How often an apply begins again when another one wrote at the same time. */
const ATTEMPTS = 5

/**
 * Writes what differs from the tables; equal content writes nothing. What the tables hold beyond it stays. The revision
 * of a connection grows only when it or its metadata changed. Throws `concurrent_change` when others keep writing.
 */
export async function applyConfiguration(tables: Tables, configuration: Configuration): Promise<Applied> {
  const changed = new Set<string>()
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const done = await applyOnce(tables, configuration, changed)
    if (done === null) continue
    return { changed: [...changed], unchanged: done - changed.size }
  }
  throw new StreamError('concurrent_change', 'another process keeps changing the configuration; apply it again')
}

/** The number of documents; null: another writer was in between. */
async function applyOnce(tables: Tables, configuration: Configuration, changed: Set<string>): Promise<number | null> {
  const metadataDigests = new Map<string, string>()
  for (const metadata of configuration.metadata) {
    const contentDigest = digestOf(metadata)
    metadataDigests.set(metadata.connection, contentDigest)
    const before = await tables.get(PRODUCT_METADATA, { connection: metadata.connection })
    if (before?.['digest'] === contentDigest) continue
    await tables.put(PRODUCT_METADATA, { connection: metadata.connection, digest: contentDigest, document: metadata })
    changed.add(`product-metadata ${metadata.connection}`)
  }
  for (const system of configuration.systems) {
    const key = { kind: 'system', id: system.id }
    const written = await putChanged(tables, key, digestOf(system), () => ({ document: system }))
    if (written === null) return null
    if (written) changed.add(`system ${system.id}`)
  }
  for (const connection of configuration.connections) {
    const key = { kind: 'connection', id: connection.id }
    const content = digestOf({ ...connection, revision: 0, metadata: metadataDigests.get(connection.id) ?? null })
    const written = await putChanged(tables, key, content, (before) => {
      const revision = Number(before?.['revision'] ?? 0) + 1
      return { revision, document: { ...connection, revision } }
    })
    if (written === null) return null
    if (written) changed.add(`connection ${connection.id}`)
  }
  if (!(await raiseRevision(tables, configuration))) return null
  return configuration.systems.length + configuration.connections.length + configuration.metadata.length
}

type KindKey = { readonly kind: string; readonly id: string }

/** True: written; false: equal already; null: another writer was in between. */
async function putChanged(
  tables: Tables,
  key: KindKey,
  contentDigest: string,
  itemOf: (before: Item | undefined) => Item,
): Promise<boolean | null> {
  const before = await tables.get(CONNECTIONS, key)
  if (before?.['digest'] === contentDigest) return false
  const item = { ...key, digest: contentDigest, ...itemOf(before) }
  return (await tables.put(CONNECTIONS, item, asItWas(before))) ? true : null
}

/**
 * Raised last, and by the digest of the whole, so that an apply that was cut off is completed by the next one and
 * those who watch the revision see everything that came before it.
 */
async function raiseRevision(tables: Tables, configuration: Configuration): Promise<boolean> {
  const before = await tables.get(CONNECTIONS, REVISION_KEY)
  const contentDigest = digestOf({ ...configuration, revision: 0 })
  if (before?.['digest'] === contentDigest) return true
  const revision = Number(before?.['revision'] ?? 0) + 1
  return tables.put(CONNECTIONS, { ...REVISION_KEY, revision, digest: contentDigest }, asItWas(before))
}

function asItWas(before: Item | undefined): Condition {
  return before === undefined ? { absent: 'digest' } : { attribute: 'digest', is: '=', value: String(before['digest']) }
}

const digestOf = (content: object): string => digest(canonicalJson(content))
