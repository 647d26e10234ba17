import { StreamError, toStreamError } from '../errors.ts'
import type { Item, Tables } from '../platform/dynamodb/tables.ts'
import { applyConfiguration, raiseRevision } from './apply-configuration.ts'
import { digestOf } from './document-rows.ts'
import { type FolderValue, folderValues, isFolderValue } from './folder-values.ts'
import { looksLikeSecret } from './secret-look.ts'
import { decodeSystem } from './stored-form.ts'
import { CONFIGURATION_CHANGES, CONNECTIONS } from './tables.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** What an upgrade did to what is stored: documents by kind and id. */
export interface UpgradedReferences {
  /** Systems whose address was a reference and is an address now. */
  readonly addresses: readonly string[]
  /** Systems whose address is still a reference, and what to do. */
  readonly unresolved: readonly string[]
  /** Connections whose pattern held what a reference stood for, and owns no SKU now. */
  readonly cleared: readonly string[]
  /** Changes of the book in which such a pattern was. */
  readonly changes: number
}

/** Stands in the book for what was cleared. */
export const CLEARED = '(cleared: it held a secret)'
/** No SKU is empty. */
const OWNS_NOTHING = '^$'
const DONE = { kind: 'upgrade', id: 'references' } as const
const CHUNK = 200

/**
 * Earlier versions looked references up in addresses, and put into a connection's pattern what they stood for. An address
 * is replaced by what the operator's environment says it is (CONFIG_ENV_NAMES); a pattern that holds a secret, a key or
 * a whole file is cleared, in the connection and in the book of changes. `again`: also where it was done before.
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
  // A folder of its own: what a file elsewhere holds is not looked up.
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
      await applyConfiguration(tables, part, { by: 'upgrade', at, reason: 'an address is no reference any more' })
      addresses.push(system.id)
    } catch (error) {
      // No start fails for it: whoever uses the system is told.
      unresolved.push(`${String(item['id'])}: ${toStreamError(error).message}`)
    }
  }
  return { addresses, unresolved }
}

/** Throws what says why there is none. */
async function addressBehind(reference: string, lookUp: FolderValue): Promise<string> {
  const found = reference.startsWith('env:') ? await lookUp(reference) : { mistake: 'write the address' }
  if ('value' in found && /^https?:\/\/\S+$/.test(found.value)) return found.value
  const message = 'mistake' in found ? found.mistake : 'it stands for no http(s) address'
  throw new StreamError('configuration_invalid', message, { field: 'address' })
}

type IsLeaked = (pattern: string) => boolean

async function clearConnections(tables: Tables, isLeaked: IsLeaked, at: string): Promise<readonly string[]> {
  const cleared: string[] = []
  for (const item of await tables.query(CONNECTIONS, { partition: 'connection' })) {
    const document = withoutLeak(item['document'], isLeaked, OWNS_NOTHING)
    const change = withoutLeak(item['change'], isLeaked, CLEARED)
    if (document === item['document'] && change === item['change']) continue
    // Of no document: whatever is applied next is a change.
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

/** The same value, but for every `skuPattern` within that holds a secret; the very same where none does. */
function withoutLeak(value: unknown, isLeaked: IsLeaked, instead: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const entries = Object.entries(value).map(([name, one]) => {
    const isPattern = name === 'skuPattern' && typeof one === 'string' && isLeaked(one)
    return [name, isPattern ? instead : withoutLeak(one, isLeaked, instead), one] as const
  })
  if (entries.every(([, now, was]) => now === was)) return value
  return Object.fromEntries(entries.map(([name, now]) => [name, now]))
}
