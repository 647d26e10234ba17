import type { TableDeps } from '../operations/dependencies.ts'
import {
  createKey,
  KEY_CACHE_MS,
  type KeyStatus,
  keyScopes,
  listKeys,
  revokeKey,
  rotateKey,
  type ShownKey,
} from '../operations/keys.ts'
import { commandUser, readArguments, timeOption } from './arguments.ts'
import { noted, targetOf } from './noted.ts'
import { onTables } from './open-operations.ts'
import { printList } from './print-list.ts'
import { UsageError } from './usage-error.ts'

const USAGE = `waldstream keys list [--json]
waldstream keys create <name> [--scopes A,B|all] [--connections A,B] [--systems A,B] [--expires ISO-8601] [--by WHO] [--json]
waldstream keys rotate <id> [--old-until ISO-8601] [--by WHO] [--json]
waldstream keys revoke <id> [--reason TEXT] [--by WHO] [--json]

  Keys of the API's callers. Scopes: ${keyScopes.join(', ')}.
  The first key is the administrator's, with all scopes, where --scopes is left out. --connections and --systems are what a
  key reaches; without both it reaches everything. A key is shown once, when it is created or rotated; after a rotation the
  one before counts until --old-until (a day by default). A revoked key is refused everywhere after ${KEY_CACHE_MS / 1000} seconds;
  --reason is kept in the audit trail.`

const options = {
  scopes: { type: 'string' },
  connections: { type: 'string' },
  systems: { type: 'string' },
  expires: { type: 'string' },
  'old-until': { type: 'string' },
  reason: { type: 'string' },
  by: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

type Values = ReturnType<typeof readArguments<typeof options>>['values']

export async function keysCommand(args: readonly string[]): Promise<void> {
  const { values, positionals } = readArguments(args, options, USAGE)
  if (values.help) return console.log(USAGE)
  const [action = 'list', what, ...more] = positionals
  const actions: Readonly<Record<string, (operations: TableDeps, what: string) => Promise<void>>> = {
    create: (operations, name) => create(operations, name, values),
    rotate: (operations, id) => rotate(operations, id, values),
    revoke: async (operations, id) =>
      print(
        [await revokeKey(operations, commandUser(values.by), { id, reason: values.reason ?? null })],
        values.json,
        (key) => `revoked ${key.id} ${key.name}`,
      ),
  }
  if (action === 'list' && what === undefined) {
    return await onTables(async (operations) => print(await listKeys(operations, commandUser()), values.json, lineOf))
  }
  const act = actions[action]
  if (act === undefined || what === undefined || more.length > 0) {
    throw new UsageError('keys takes list, create with a name, or rotate or revoke with an id', USAGE)
  }
  const by = commandUser(values.by)
  const target = action === 'create' ? null : targetOf([what])
  await noted(by, { what: `keys ${action}`, target }, () => onTables((operations) => act(operations, what)))
}

async function create(operations: TableDeps, name: string, values: Values): Promise<void> {
  const by = commandUser(values.by)
  const isFirst = !(await operations.keys.hasAny())
  if (values.scopes === undefined && !isFirst) {
    throw new UsageError(`create needs --scopes: ${keyScopes.join(', ')}, or all`, USAGE)
  }
  const scopes = scopesOf(values.scopes ?? 'all')
  const [connections, systems] = [listOf(values.connections), listOf(values.systems)]
  const expiresAt = timeOption('expires', values.expires, USAGE)
  printIssued(await createKey(operations, by, { name, scopes, connections, systems, expiresAt }), values.json)
}

async function rotate(operations: TableDeps, id: string, values: Values): Promise<void> {
  const oldUntil = timeOption('old-until', values['old-until'], USAGE)
  printIssued(await rotateKey(operations, commandUser(values.by), { id, oldUntil }), values.json)
}

function scopesOf(text: string): (typeof keyScopes)[number][] {
  if (text === 'all') return [...keyScopes]
  const given = listOf(text) ?? []
  const unknown = given.find((one) => !(keyScopes as readonly string[]).includes(one))
  if (unknown !== undefined) throw new UsageError(`--scopes: "${unknown}" is none of ${keyScopes.join(', ')}`, USAGE)
  return keyScopes.filter((scope) => given.includes(scope))
}

function listOf(text: string | undefined): readonly string[] | undefined {
  return text
    ?.split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
}

/** The key alone on stdout, so that it can be kept by a script; what is known of it on stderr. */
function printIssued({ key, ...status }: ShownKey, json: boolean): void {
  if (json) {
    console.log(JSON.stringify({ ...status, key }))
    return
  }
  console.error(lineOf(status))
  console.error('this is the only time that the key is shown:')
  console.log(key)
}

function print(keys: readonly KeyStatus[], json: boolean, show: (key: KeyStatus) => string): void {
  if (json) console.log(JSON.stringify({ items: keys }))
  else printList(keys, show, 'there is no key: the API is open to this machine alone')
}

function lineOf({ id, name, state, scopes, connections, systems, expires_at, last_used_at }: KeyStatus): string {
  const ids = (what: string, listed: 'all' | readonly string[]) =>
    `${what}: ${listed === 'all' ? listed : listed.join(',') || 'none'}`
  const times = [`expires ${expires_at ?? 'never'}`, `last used ${last_used_at ?? 'never'}`].join(', ')
  return `${id}  ${name}  ${state}  ${scopes.join(',')}  ${ids('connections', connections)}  ${ids('systems', systems)}  ${times}`
}
