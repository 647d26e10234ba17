import { StreamError } from '../errors.ts'
import { noteChange, noteNothing } from './audit.ts'
import type { OperationDeps } from './dependencies.ts'
import type { ForgetProof } from './forget/forget-person.ts'
import type { Wanted } from './forget/person.ts'
import type { Principal } from './principal.ts'
import { sees } from './scope.ts'

export interface ForgetRequest {
  readonly wanted: Wanted
  /** The e-mail address, or `system:customer`, once more; null: not given. */
  readonly confirm: string | null
  /** Says what there is, and forgets nothing. */
  readonly dryRun: boolean
}

/** Persons are of all connections together. */
const EVERYONES = { connection: null }

/** Has a person forgotten, for good. Throws `request_invalid` where it is not confirmed, or the caller does not reach everything. */
export async function forget(
  { forgetPerson, audit }: Pick<OperationDeps, 'forgetPerson' | 'audit'>,
  by: Principal,
  { wanted, confirm, dryRun }: ForgetRequest,
): Promise<ForgetProof> {
  if (!sees(by.scope, EVERYONES)) {
    throw new StreamError('request_invalid', 'a person is forgotten everywhere: ask with a key that reaches everything')
  }
  const name = 'email' in wanted ? wanted.email : `${wanted.source}:${wanted.customer}`
  if (!dryRun && confirm !== name) {
    const what = 'email' in wanted ? 'the e-mail address' : 'system:customer'
    const message = `confirm: it can not be undone; write ${what} here once more, or ask for a dry run first`
    throw new StreamError('request_invalid', message, { field: 'confirm' })
  }
  const proof = await forgetPerson(wanted, dryRun)
  const { keys_destroyed, complete } = proof
  // Whom, the trail is not to keep.
  if (dryRun) noteNothing(by)
  else await noteChange({ audit }, by, { what: 'person.forget', target: null, after: { keys_destroyed, complete } })
  return proof
}

/** Whom a text names: an e-mail address, or `system:customer`. Throws `request_invalid`. */
export function wantedOf(text: string): Wanted {
  const name = text.trim()
  if (/^[^@\s]+@[^@\s]+$/.test(name)) return { email: name }
  const at = name.indexOf(':')
  if (at > 0 && at < name.length - 1) return { source: name.slice(0, at), customer: name.slice(at + 1) }
  const message = 'person: write an e-mail address, or the shop and its id of the customer as system:customer'
  throw new StreamError('request_invalid', message, { field: 'person' })
}
