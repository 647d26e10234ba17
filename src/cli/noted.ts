import { type StreamError, toStreamError } from '../errors.ts'
import { noteFailure } from '../operations/audit.ts'
import type { Principal } from '../operations/principal.ts'
import { onTables } from './open-operations.ts'
import { UsageError } from './usage-error.ts'

/** What a command is to change: its words, and the ids that it names. */
export interface AskedChange {
  /** `keys revoke`. */
  readonly what: string
  /** Never a person. Null: nothing single. */
  readonly target: string | null
}

/**
 * Does what changes something. Where it is refused or fails, the audit trail has it, as it has requests of the API; what
 * was done its operation notes. A command that is not understood asked for nothing.
 */
export async function noted<T>(by: Principal, change: AskedChange, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof UsageError)) await note(by, change, toStreamError(error))
    throw error
  }
}

/** The command ends as it would have, also where the trail can't be written. */
async function note(by: Principal, change: AskedChange, error: StreamError): Promise<void> {
  // It would wait for what has just not answered.
  if (error.code === 'table_unavailable') return
  try {
    await onTables((operations) => noteFailure(operations, by, change, error))
  } catch (thrown) {
    console.error(`the audit trail could not be written: ${toStreamError(thrown).message}`)
  }
}

/** Ids are short; what is typed may be anything. */
const LONGEST_TARGET = 300

/** The ids that a command names, for the trail. An e-mail address is none. */
export function targetOf(ids: readonly string[]): string | null {
  const named = ids.filter((id) => !id.includes('@'))
  return named.length === 0 ? null : named.join(' ').slice(0, LONGEST_TARGET)
}
