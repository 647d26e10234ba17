import { StreamError } from '../../errors.ts'
import type { Letter, LetterSummary } from './letter.ts'

/** More retries than this need a reason: what failed so often will fail again. */
const MAX_RETRIES = 5
/** A retry that did not end for so long may be repeated: the process may have died before it sent the record. */
const RETRY_ENDS_WITHIN_MS = 15 * 60_000

export interface Force {
  /** Retries although it was retried often, or is resolved, discarded or being retried. */
  readonly force: boolean
  readonly reason: string | null
}

/** Throws `state_conflict` when the dead letter must not be retried (again), and says how to proceed. */
export function checkMayRetry(letter: LetterSummary, { force, reason }: Force, now: number): void {
  if (force && (reason === null || reason.trim() === '')) {
    throw new StreamError('request_invalid', 'reason: a forced retry needs a reason', { field: 'reason' })
  }
  if (force) return
  const { id, state, retries } = letter
  const forced = 'to handle it anyway, retry it with force and a reason'
  if (isUnderWay(letter, now))
    throw stateConflictError(`dead letter ${id} is being retried (since ${letter.state_at}); ${waiting}`)
  if (state === 'resolved')
    throw stateConflictError(`dead letter ${id} is resolved (since ${letter.state_at}); ${forced}`)
  if (state === 'discarded')
    throw stateConflictError(`dead letter ${id} was discarded at ${letter.state_at}; ${forced}`)
  if (retries < MAX_RETRIES) return
  throw stateConflictError(
    `dead letter ${id} was retried ${retries} times; see what fails (its preview shows it) and correct it; ${forced}`,
  )
}

/** Throws `state_conflict` when the dead letter can't be discarded. */
export function checkMayDiscard(letter: Letter, now: number): void {
  const { id, state, state_at } = letter
  if (isUnderWay(letter, now))
    throw stateConflictError(`dead letter ${id} is being retried (since ${state_at}); ${waiting}`)
  if (state === 'resolved' || (state === 'discarded' && !isInterrupted(letter))) {
    throw stateConflictError(`dead letter ${id} is ${state} (since ${state_at}) and can't be discarded`)
  }
}

/** Its discard began, and its history does not have it (yet): its last step may be missing. */
export function isInterrupted({ state, state_at, history }: Letter): boolean {
  return state === 'discarded' && !history.some(({ what, at }) => what === 'discarded' && at === state_at)
}

const waiting = 'wait until its state shows that the retry has ended'

function isUnderWay({ state, state_at }: LetterSummary, now: number): boolean {
  return state === 'retrying' && now - Date.parse(state_at) < RETRY_ENDS_WITHIN_MS
}

export function stateConflictError(message: string): StreamError {
  return new StreamError('state_conflict', message, { field: 'id' })
}
