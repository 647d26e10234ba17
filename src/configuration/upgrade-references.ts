import { StreamError, toStreamError } from '../errors.ts'
import type { Item, Tables } from '../platform/dynamodb/tables.ts'
import { applyConfiguration, raiseRevision } from './apply-configuration.ts'
import { digestOf } from './document-rows.ts'
import { type FolderValue, folderValues, isFolderValue } from './folder-values.ts'
import { IS_SYSTEM_ADDRESS } from './schema-parts.ts'
import { looksLikeSecret } from './secret-look.ts'
import { decodeSystem } from './stored-form.ts'
import { CONFIGURATION_CHANGES, CONNECTIONS } from './tables.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Result of the upgrade of stored references. */
export interface UpgradedReferences {
  /** Systems whose address was a reference and was resolved. */
  readonly addresses: readonly string[]
  /** Systems whose address is still a reference, with the fix. */
  readonly unresolved: readonly string[]
  /** Connections whose pattern contained a secret; their pattern owns no SKU now. */
  readonly cleared: readonly string[]
  /** Number of changes in the book with such a pattern. */
  readonly changes: number
}

/** Replaces cleared patterns in the book. */
export const CLEARED = '(cleared: it held a secret)'
/** Matches only the empty text, which is never a SKU. */
const OWNS_NOTHING = '^$'
const DONE = { kind: 'upgrade', id: 'references' } as const
const CHUNK = 200

/**
 * Earlier versions stored references in addresses, and stored the resolved value in a connection's pattern. This
 * resolves addresses by the operator's environment (CONFIG_ENV_NAMES), and clears patterns that contain a secret, a key
 * or a whole file, in the connection and in the book of changes. `again`: also if the upgrade has run before.
 */
export async function upgradeReferences(
  tables: Tables,
  environment: Environment,
  at: string,
  again = false,
): Promise<UpgradedReferences> {
  const { addresses, unresolved } = await upgradeAddresses(tables, environment, at)
  if (!again && (await tables.get(CONNECTIONS, DONE)) !== undefined) {
    return { addresses, unresolved, cleared: [], changes: 0 }
  }
  const isLeaked = (pattern: string) => looksLikeSecret(pattern, environment)
  const cleared = await clearConnections(tables, isLeaked, at)
  const changes = await clearChanges(tables, isLeaked)
  await tables.put(CONNECTIONS, { ...DONE, at })
  return { addresses, unresolved, cleared, changes }
}

async function upgradeAddresses(tables: Tables, environment: Environment, at: string) {
  // Only variables are resolved; no file is read.
  const lookUp = folderValues('.', environment)
  const addresses: string[] = []
  const unresolved: string[] = []
  for (const item of await tables.query(CONNECTIONS, { partition: 'system' })) {
    const address = Reflect.get(Object(item['document']), 'address')
    if (item['removing'] !== undefined || typeof address !== 'string' || !isFolderValue(address)) continue
    try {
      const system = decodeSystem(item['document'])
      const upgraded = { ...system, address: await addressBehind(system.address, lookUp) }
      const part = { revision: 0, systems: [upgraded], connections: [], metadata: [] }
      await applyConfiguration(tables, part, { by: 'upgrade', at, reason: 'replaced the reference in an address' })
      addresses.push(system.id)
    } catch (error) {
      // Does not stop the start: the error is reported where the system is used.
      unresolved.push(`${String(item['id'])}: ${toStreamError(error).message}`)
    }
  }
  return { addresses, unresolved }
}

/** Resolves the address; throws the reason when it can't. */
async function addressBehind(reference: string, lookUp: FolderValue): Promise<string> {
  const found = reference.startsWith('env:') ? await lookUp(reference) : { mistake: 'write the address' }
  if ('value' in found && IS_SYSTEM_ADDRESS.test(found.value)) return found.value
  const message = 'mistake' in found ? found.mistake : 'it does not refer to an address of a system'
  throw new StreamError('configuration_invalid', message, { field: 'address' })
}

type IsLeaked = (pattern: string) => boolean

async function clearConnections(tables: Tables, isLeaked: IsLeaked, at: string): Promise<readonly string[]> {
  const cleared: string[] = []
  for (const item of await tables.query(CONNECTIONS, { partition: 'connection' })) {
    const document = withoutLeak(item['document'], isLeaked, OWNS_NOTHING)
    const change = withoutLeak(item['change'], isLeaked, CLEARED)
    if (document === item['document'] && change === item['change']) continue
    // No document has this digest, so the next apply is a change.
    await tables.put(CONNECTIONS, { ...item, document, ...(change === undefined ? {} : { change }), digest: 'cleared' })
    if (document !== item['document']) cleared.push(String(item['id']))
  }
  if (cleared.length > 0) await raiseRevision(tables, digestOf({ cleared, at }))
  return cleared
}

async function clearChanges(tables: Tables, isLeaked: IsLeaked): Promise<number> {
  let count = 0
  let before: string | undefined
  for (;;) {
    const range = { partition: 'all', descending: true, limit: CHUNK, ...(before === undefined ? {} : { before }) }
    const items: readonly Item[] = await tables.query(CONFIGURATION_CHANGES, range)
    for (const item of items) {
      const was = withoutLeak(item['before'], isLeaked, CLEARED)
      const is = withoutLeak(item['after'], isLeaked, CLEARED)
      if (was === item['before'] && is === item['after']) continue
      await tables.put(CONFIGURATION_CHANGES, { ...item, before: was ?? null, after: is ?? null })
      count += 1
    }
    const last = items.at(-1)
    if (last === undefined) return count
    before = String(last['place'])
  }
}

/** Replaces every `skuPattern` in the value that contains a secret; returns the same object when there is none. */
function withoutLeak(value: unknown, isLeaked: IsLeaked, instead: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const entries = Object.entries(value).map(([name, one]) => {
    const isPattern = name === 'skuPattern' && typeof one === 'string' && isLeaked(one)
    return [name, isPattern ? instead : withoutLeak(one, isLeaked, instead), one] as const
  })
  if (entries.every(([, now, was]) => now === was)) return value
  return Object.fromEntries(entries.map(([name, now]) => [name, now]))
}
