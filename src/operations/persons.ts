import { StreamError } from '../errors.ts'
import { noteChange, noteNothing } from './audit.ts'
import type { OperationDeps } from './dependencies.ts'
import type { ForgetProof } from './forget/forget-person.ts'
import type { Wanted } from './forget/person.ts'
import type { Principal } from './principal.ts'
import { sees } from './scope.ts'

export interface ForgetRequest {
  readonly wanted: Wanted
  /** The e-mail address, or `system:customer`, repeated; null: not given. */
  readonly confirm: string | null
  /** Reports the stored data without forgetting it. */
  readonly dryRun: boolean
}

/** Persons belong to all connections together. */
const EVERYONES = { connection: null }

/**
 * Forgets a person for good. Throws `request_invalid` without confirmation, or unless the caller has access to
 * everything.
 */
export async function forget(
  { forgetPerson, audit }: Pick<OperationDeps, 'forgetPerson' | 'audit'>,
  by: Principal,
  { wanted, confirm, dryRun }: ForgetRequest,
): Promise<ForgetProof> {
  if (!sees(by.scope, EVERYONES)) {
    throw new StreamError(
      'request_invalid',
      'forgetting a person affects everything: use a key with access to everything',
    )
  }
  const name = 'email' in wanted ? wanted.email : `${wanted.source}:${wanted.customer}`
  if (!dryRun && confirm !== name) {
    const what = 'email' in wanted ? 'the e-mail address' : 'system:customer'
    const message = `confirm: forgetting cannot be undone; repeat ${what} here, or do a dry run first`
    throw new StreamError('request_invalid', message, { field: 'confirm' })
  }
  const proof = await forgetPerson(wanted, dryRun)
  const { keys_destroyed, complete } = proof
  // The audit trail must not store who was forgotten.
  if (dryRun) noteNothing(by)
  else await noteChange({ audit }, by, { what: 'person.forget', target: null, after: { keys_destroyed, complete } })
  return proof
}

/** Parses an e-mail address, or `system:customer`. Throws `request_invalid`. */
export function wantedOf(text: string): Wanted {
  const name = text.trim()
  if (/^[^@\s]+@[^@\s]+$/.test(name)) return { email: name }
  const at = name.indexOf(':')
  if (at > 0 && at < name.length - 1) return { source: name.slice(0, at), customer: name.slice(at + 1) }
  const message = 'person: write an e-mail address, or the shop and its customer id as system:customer'
  throw new StreamError('request_invalid', message, { field: 'person' })
}
