import { StreamError } from '../errors.ts'
import type { Scope } from './scope.ts'

/** Who asks for an operation. */
export interface Principal {
  /** How they came. Runs and replays carry it as their trigger. */
  readonly kind: 'api' | 'cli' | 'webhook'
  /** Recorded with what they change; null: they did not say. */
  readonly name: string | null
  /** What is outside of it does not exist for them. */
  readonly scope: Scope
  /** May see what events say of persons; others see that there is something. */
  readonly persons: boolean
}

/** A principal who may see and change everything; `persons`: what is said of persons too. */
export function everything(by: Pick<Principal, 'kind' | 'name'>, persons = false): Principal {
  return { kind: by.kind, name: by.name, scope: { connections: 'all', systems: 'all' }, persons }
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
