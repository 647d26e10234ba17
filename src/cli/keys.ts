import {
  createKey,
  type KeyStatus,
  keyScopes,
  listKeys,
  revokeKey,
  rotateKey,
  type ShownKey,
} from '../operations/keys.ts'
import { commandUser, timeOption } from './arguments.ts'
import type { Given } from './command.ts'
import type { keysCreate, keysList, keysRevoke, keysRotate } from './commands/keys.ts'
import { noted, targetOf } from './noted.ts'
import { onTables } from './open-operations.ts'
import { printList } from './print-list.ts'
import { UsageError } from './usage-error.ts'

export async function listKeysCommand({ json }: Given<typeof keysList>): Promise<void> {
  const items = await onTables((operations) => listKeys(operations, commandUser()))
  if (json) console.log(JSON.stringify({ items }))
  else printList(items, lineOf, 'there are no keys: only this machine can use the API')
}

export async function createKeyCommand(given: Given<typeof keysCreate>): Promise<void> {
  const { name, json } = given
  const by = commandUser(given.by)
  const issued = await noted(by, { what: 'keys create', target: null }, () =>
    onTables(async (operations) => {
      const isFirst = !(await operations.keys.hasAny())
      if (given.scopes === undefined && !isFirst) {
        throw new UsageError(`create needs --scopes: ${keyScopes.join(', ')}, or all`)
      }
      const scopes = scopesOf(given.scopes ?? 'all')
      const [connections, systems] = [listOf(given.connections), listOf(given.systems)]
      const expiresAt = timeOption('expires', given.expires)
      return await createKey(operations, by, { name, scopes, connections, systems, expiresAt })
    }),
  )
  printIssued(issued, json)
}

export async function rotateKeyCommand(given: Given<typeof keysRotate>): Promise<void> {
  const { id, json } = given
  const by = commandUser(given.by)
  const issued = await noted(by, { what: 'keys rotate', target: targetOf([id]) }, () => {
    const oldUntil = timeOption('old-until', given.oldUntil)
    return onTables((operations) => rotateKey(operations, by, { id, oldUntil }))
  })
  printIssued(issued, json)
}

export async function revokeKeyCommand(given: Given<typeof keysRevoke>): Promise<void> {
  const { id, reason = null, json } = given
  const by = commandUser(given.by)
  const key = await noted(by, { what: 'keys revoke', target: targetOf([id]) }, () =>
    onTables((operations) => revokeKey(operations, by, { id, reason })),
  )
  console.log(json ? JSON.stringify({ items: [key] }) : `revoked ${key.id} ${key.name}`)
}

function scopesOf(text: string): (typeof keyScopes)[number][] {
  if (text === 'all') return [...keyScopes]
  const given = listOf(text) ?? []
  const unknown = given.find((one) => !(keyScopes as readonly string[]).includes(one))
  if (unknown !== undefined) throw new UsageError(`--scopes must be some of ${keyScopes.join(', ')}, not "${unknown}"`)
  return keyScopes.filter((scope) => given.includes(scope))
}

function listOf(text: string | undefined): readonly string[] | undefined {
  return text
    ?.split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
}

/** Prints only the key on stdout, for scripts, and its details on stderr. */
function printIssued({ key, ...status }: ShownKey, json: boolean): void {
  if (json) {
    console.log(JSON.stringify({ ...status, key }))
    return
  }
  console.error(lineOf(status))
  console.error('this is the only time that the key is shown:')
  console.log(key)
}

function lineOf({ id, name, state, scopes, connections, systems, expires_at, last_used_at }: KeyStatus): string {
  const ids = (what: string, listed: 'all' | readonly string[]) =>
    `${what}: ${listed === 'all' ? listed : listed.join(',') || 'none'}`
  const times = [`expires ${expires_at ?? 'never'}`, `last used ${last_used_at ?? 'never'}`].join(', ')
  return `${id}  ${name}  ${state}  ${scopes.join(',')}  ${ids('connections', connections)}  ${ids('systems', systems)}  ${times}`
}
