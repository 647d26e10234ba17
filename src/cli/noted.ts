import { type StreamError, toStreamError } from '../errors.ts'
import { noteFailure } from '../operations/audit.ts'
import type { Principal } from '../operations/principal.ts'
import { onTables } from './open-operations.ts'
import { UsageError } from './usage-error.ts'

/** A command's change: its words and the ids that it names. */
export interface AskedChange {
  /** `keys revoke`. */
  readonly what: string
  /** Never a person. Null: no single target. */
  readonly target: string | null
}

/**
 * Runs a command that changes something. Records refusals and failures in the audit trail, as for requests of the API;
 * the operation itself records success. Does not record usage errors.
 */
export async function noted<T>(by: Principal, change: AskedChange, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof UsageError)) await note(by, change, toStreamError(error))
    throw error
  }
}

const UNAVAILABLE: readonly string[] = ['broker_unavailable', 'registry_unavailable']

/** Does not throw: the command ends with its own error even if the trail cannot be written. */
async function note(by: Principal, change: AskedChange, error: StreamError): Promise<void> {
  // The tables have just failed to answer.
  if (error.code === 'table_unavailable') return
  try {
    await onTables((operations) => noteFailure(operations, by, change, error))
  } catch (thrown) {
    // Nothing answers: the command's own error says what to do.
    if (UNAVAILABLE.includes(error.code) && toStreamError(thrown).code === 'table_unavailable') return
    console.error(`the audit trail could not be written: ${toStreamError(thrown).message}`)
  }
}

/** Limits typed text: real ids are shorter. */
const LONGEST_TARGET = 300

/** The ids that a command names, for the trail, without e-mail addresses. */
export function targetOf(ids: readonly string[]): string | null {
  const named = ids.filter((id) => !id.includes('@'))
  return named.length === 0 ? null : named.join(' ').slice(0, LONGEST_TARGET)
}
