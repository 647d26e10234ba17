import { type ApiKey, type KeyScope, type KeyState, keyScopes, stateOfKey } from '../control/keys/api-key.ts'
import type { IssuedKey } from '../control/keys/key-store.ts'
import { StreamError } from '../errors.ts'
import { isoTime } from '../events/times.ts'
import { noteChange } from './audit.ts'
import type { TableDeps } from './dependencies.ts'
import { nameOf, notFound, type Principal } from './principal.ts'
import { type Ids, type Scoped, sees, within } from './scope.ts'

export { keyScopes } from '../control/keys/api-key.ts'
export { KEY_CACHE_MS } from '../control/keys/key-store.ts'

/** A key without its secret. Times are ISO 8601. */
export interface KeyStatus {
  readonly id: string
  readonly name: string
  readonly state: KeyState
  readonly scopes: readonly string[]
  readonly connections: 'all' | readonly string[]
  readonly systems: 'all' | readonly string[]
  readonly created_at: string
  readonly created_by: string
  readonly expires_at: string | null
  readonly last_used_at: string | null
  /** Until when the previous secret is still accepted after a rotation; null: there is only one secret. */
  readonly old_until: string | null
  readonly revoked_at: string | null
  readonly revoked_by: string | null
}

/** A created or rotated key; `key` is the text that its holder sends. It is shown only once. */
export interface ShownKey extends KeyStatus {
  readonly key: string
}

export interface WantedKey {
  readonly name: string
  readonly scopes: readonly KeyScope[]
  /** Undefined: all, or none if the other list is given. */
  readonly connections: 'all' | readonly string[] | undefined
  readonly systems: 'all' | readonly string[] | undefined
  /** Milliseconds; null: it does not expire. */
  readonly expiresAt: number | null
}

type Deps = Pick<TableDeps, 'keys' | 'clock' | 'audit'>

/** Only callers with access to everything see keys. */
const EVERYONES = { connection: null }
const LONGEST_NAME = 100
/** How long the previous secret is accepted after a rotation, by default. */
const OLD_SECRET_MS = 24 * 60 * 60 * 1000

/** Throws `request_invalid`, and `state_conflict` when another active key has the name. */
export async function createKey(
  { keys, clock, configuration, audit }: Deps & Pick<TableDeps, 'configuration'>,
  by: Principal,
  wanted: WantedKey,
): Promise<ShownKey> {
  assertSeesAll(by)
  const now = clock.now()
  const name = wanted.name.trim()
  checkWanted(wanted, name, now)
  const reach = reachOf(wanted)
  await checkKnown(configuration, 'connection', 'connections', reach.connections)
  await checkKnown(configuration, 'system', 'systems', reach.systems)
  const other = (await keys.list()).find((key) => key.name === name && stateOfKey(key, now) === 'active')
  if (other !== undefined) {
    const message = `name: key ${other.id} is already called "${name}"; rotate that key, or choose another name`
    throw new StreamError('state_conflict', message, { field: 'name' })
  }
  const scopes = keyScopes.filter((scope) => wanted.scopes.includes(scope))
  const issued = await keys.create({ name, scopes, ...reach, expires_at: wanted.expiresAt, created_by: nameOf(by) })
  const { id, connections, systems } = issued.key
  const after = { name, scopes, connections: connections ?? 'all', systems: systems ?? 'all' }
  await noteChange({ audit }, by, { what: 'key.create', target: id, after })
  return shown(issued, now)
}

/** All keys, also revoked and expired ones, sorted by id. */
export async function listKeys({ keys, clock }: Deps, by: Principal): Promise<Scoped<KeyStatus>> {
  const now = clock.now()
  const all = (await keys.list()).map((key) => statusOf(key, now))
  return within(by.scope, all, () => EVERYONES)
}

/** Throws `not_found`. */
export async function showKey({ keys, clock }: Deps, by: Principal, id: string): Promise<KeyStatus> {
  const key = await keys.get(id)
  if (key === undefined || !sees(by.scope, EVERYONES)) throw noKey(by, id)
  return statusOf(key, clock.now())
}

/**
 * Creates a new secret for a key. The previous secret is accepted until `oldUntil` (milliseconds; null: for a day), so
 * that its holder can switch. Throws `not_found`, and `state_conflict` for a revoked or expired key.
 */
export async function rotateKey(
  deps: Deps,
  by: Principal,
  { id, oldUntil }: { readonly id: string; readonly oldUntil: number | null },
): Promise<ShownKey> {
  const { state } = await showKey(deps, by, id)
  if (state !== 'active') throw new StreamError('state_conflict', `id: key ${id} is ${state}; create another one`)
  const now = deps.clock.now()
  const issued = await deps.keys.rotate(id, oldUntil ?? now + OLD_SECRET_MS)
  if (issued === null) throw noKey(by, id)
  await noteChange(deps, by, { what: 'key.rotate', target: id })
  return shown(issued, now)
}

/**
 * Revokes a key: other processes reject it within `KEY_CACHE_MS`. The audit trail stores the reason. Repeatable. Throws
 * `not_found`.
 */
export async function revokeKey(
  deps: Deps,
  by: Principal,
  { id, reason }: { readonly id: string; readonly reason: string | null },
): Promise<KeyStatus> {
  const { state } = await showKey(deps, by, id)
  const key = await deps.keys.revoke(id, nameOf(by))
  if (key === null) throw noKey(by, id)
  const after = { state: 'revoked', ...(reason === null ? {} : { reason }) }
  await noteChange(deps, by, { what: 'key.revoke', target: id, before: { state }, after })
  return statusOf(key, deps.clock.now())
}

/** The principal of a key. */
export function keyPrincipal({ name, scopes, connections, systems }: ApiKey): Principal {
  const ids = (listed: readonly string[] | null): Ids => (listed === null ? 'all' : new Set(listed))
  return {
    kind: 'api',
    name,
    scope: { connections: ids(connections), systems: ids(systems) },
    scopes: new Set(keyScopes.filter((scope) => scopes.includes(scope))),
  }
}

function checkWanted({ scopes, expiresAt, connections, systems }: WantedKey, name: string, now: number): void {
  if (name === '' || name.length > LONGEST_NAME || /\p{Cc}/u.test(name)) {
    throw invalid('name', `must be 1 to ${LONGEST_NAME} characters, without control characters`)
  }
  if (scopes.length === 0) throw invalid('scopes', `must name at least one of ${keyScopes.join(', ')}`)
  if (expiresAt !== null && expiresAt <= now) throw invalid('expires_at', 'must be in the future')
  const isLimited = [connections, systems].some((ids) => ids !== undefined && ids !== 'all')
  if (scopes.includes('administer') && isLimited) {
    throw invalid(
      'scopes',
      'has administer, which gives access to everything: leave out connections and systems, or administer',
    )
  }
}

function reachOf({ connections, systems }: WantedKey) {
  const listed = (own: WantedKey['systems'], other: WantedKey['systems']) => {
    if (own === undefined) return other === undefined || other === 'all' ? null : []
    return own === 'all' ? null : [...new Set(own)]
  }
  return { connections: listed(connections, systems), systems: listed(systems, connections) }
}

/** Rejects a mistyped id: the key would see nothing, or whatever gets that id later. */
async function checkKnown(
  configuration: TableDeps['configuration'],
  kind: 'system' | 'connection',
  field: string,
  ids: readonly string[] | null,
): Promise<void> {
  if (ids === null || ids.length === 0) return
  const known = (await configuration.list(kind)).map(({ id }) => id)
  const unknown = ids.find((id) => !known.includes(id))
  if (unknown !== undefined) {
    throw invalid(field, `names ${unknown}, but there is no such ${kind}; there are: ${known.join(', ') || 'none'}`)
  }
}

function statusOf(key: ApiKey, now: number): KeyStatus {
  const old = key.secrets.find(({ until }) => until !== null && until > now)
  return {
    id: key.id,
    name: key.name,
    state: stateOfKey(key, now),
    scopes: key.scopes,
    connections: key.connections ?? 'all',
    systems: key.systems ?? 'all',
    created_at: new Date(key.created_at).toISOString(),
    created_by: key.created_by,
    expires_at: isoTime(key.expires_at),
    last_used_at: isoTime(key.last_used_at),
    old_until: isoTime(old?.until ?? null),
    revoked_at: isoTime(key.revoked_at),
    revoked_by: key.revoked_by,
  }
}

function shown({ key, text }: IssuedKey, now: number): ShownKey {
  return { ...statusOf(key, now), key: text }
}

function assertSeesAll(by: Principal): void {
  if (sees(by.scope, EVERYONES)) return
  const what = 'only callers with access to everything may create keys'
  throw notFound(by, { field: 'scopes', api: what, cli: what })
}

function noKey(by: Principal, id: string): StreamError {
  const what = `there is no key "${id}"`
  return notFound(by, {
    field: 'id',
    api: `${what}; /v1/keys lists them`,
    cli: `${what}; "waldstream keys list" lists them`,
  })
}

function invalid(field: string, message: string): StreamError {
  return new StreamError('request_invalid', `${field} ${message}`, { field })
}
