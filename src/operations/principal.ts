import type { KeyScope } from '../control/keys/api-key.ts'
import { StreamError } from '../errors.ts'
import type { Scope } from './scope.ts'

/** Origin of a request, for the audit trail. One object for each request. */
export interface Via {
  /** Id of the caller's own key; null: none. */
  readonly key: string | null
  readonly address: string
}

/** The caller of an operation. */
export interface Principal {
  /** How the caller connects. Runs and replays store it as their trigger. */
  readonly kind: 'api' | 'cli' | 'webhook'
  /** Recorded with changes; null: not given. */
  readonly name: string | null
  /** Connections and systems that the caller sees; everything else does not exist for the caller. */
  readonly scope: Scope
  /** What the caller may do. With `persons:read` personal data in events is visible, else it is masked. */
  readonly scopes: 'all' | ReadonlySet<KeyScope>
  /** Undefined: the caller is on this machine. */
  readonly via?: Via
}

const ALL_BUT_PERSONS: ReadonlySet<KeyScope> = new Set(['administer'])

/** A principal who may see and change everything; `persons`: also personal data. */
export function everything(by: Pick<Principal, 'kind' | 'name'>, persons = false): Principal {
  const scope: Scope = { connections: 'all', systems: 'all' }
  return { kind: by.kind, name: by.name, scope, scopes: persons ? 'all' : ALL_BUT_PERSONS }
}

/**
 * Whether the caller has the scope. `administer` includes all scopes except `persons:read`, which must be granted
 * itself.
 */
export function may({ scopes }: Pick<Principal, 'scopes'>, scope: KeyScope): boolean {
  if (scopes === 'all' || scopes.has(scope)) return true
  return scope !== 'persons:read' && scopes.has('administer')
}

/** The name to record with a change. */
export function nameOf({ kind, name }: Principal): string {
  return name ?? kind
}

/** What was not found, worded for the caller: the API names the field of the request, the command line a command. */
export interface Missing {
  readonly field: string
  readonly api: string
  readonly cli: string
}

/** Makes a `not_found` error, the same for objects that do not exist and objects outside the scope. */
export function notFound({ kind }: Principal, { field, api, cli }: Missing): StreamError {
  return new StreamError('not_found', kind === 'cli' ? cli : `${field}: ${api}`, { field })
}
