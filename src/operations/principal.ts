import type { KeyScope } from '../control/keys/api-key.ts'
import { StreamError } from '../errors.ts'
import type { Scope } from './scope.ts'

/** How a request came, for the audit trail. One object for each request. */
export interface Via {
  /** Id of the key; null: none of their own. */
  readonly key: string | null
  readonly address: string
}

/** Who asks for an operation. */
export interface Principal {
  /** How they came. Runs and replays carry it as their trigger. */
  readonly kind: 'api' | 'cli' | 'webhook'
  /** Recorded with what they change; null: they did not say. */
  readonly name: string | null
  /** Their reach: what is outside of it does not exist for them. */
  readonly scope: Scope
  /** What they may do within it. `persons:read`: see what events say of persons; others see that there is something. */
  readonly scopes: 'all' | ReadonlySet<KeyScope>
  /** Undefined: on this machine. */
  readonly via?: Via
}

const ALL_BUT_PERSONS: ReadonlySet<KeyScope> = new Set(['administer'])

/** A principal who may see and change everything; `persons`: what is said of persons too. */
export function everything(by: Pick<Principal, 'kind' | 'name'>, persons = false): Principal {
  const scope: Scope = { connections: 'all', systems: 'all' }
  return { kind: by.kind, name: by.name, scope, scopes: persons ? 'all' : ALL_BUT_PERSONS }
}

/** Whether they may do this. Who administers may do everything but read personal data, which is granted by its name alone. */
export function may({ scopes }: Pick<Principal, 'scopes'>, scope: KeyScope): boolean {
  if (scopes === 'all' || scopes.has(scope)) return true
  return scope !== 'persons:read' && scopes.has('administer')
}

/** The name that a change is recorded under. */
export function nameOf({ kind, name }: Principal): string {
  return name ?? kind
}

/** What is missing, in the words of who asks: the field of a request, or the command that lists what there is. */
export interface Missing {
  readonly field: string
  readonly api: string
  readonly cli: string
}

/** `not_found`, for what is not there and for what is outside of the scope alike. */
export function notFound({ kind }: Principal, { field, api, cli }: Missing): StreamError {
  return new StreamError('not_found', kind === 'cli' ? cli : `${field}: ${api}`, { field })
}
