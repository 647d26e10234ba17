import { StreamError, toStreamError } from '../../errors.ts'
import type { KindEvent } from '../../events/topics.ts'
import { announce, reportAct } from './announce.ts'
import type { Act, Letter, LetterDeps } from './letter.ts'
import { checkMayDiscard, isInterrupted, stateConflictError } from './may-change.ts'
import { decodeOriginal, originalOf } from './original.ts'

export interface DiscardRequest {
  readonly by: string
  readonly reason: string
}

/**
 * Discards a dead letter: it is no longer open, its entity ends `canceled`, its bytes stay. Order of the steps: the row
 * is claimed, so that of two concurrent requests one is refused; the discard is reported for the entity; it is added to
 * the dead letter's history. Repeating a discard that was interrupted completes it: until the history has it, it may be
 * incomplete. Throws `state_conflict`, and `request_invalid` without a reason.
 */
export async function discardLetter(deps: LetterDeps<never>, letter: Letter, request: DiscardRequest): Promise<void> {
  const { by } = request
  const reason = request.reason.trim()
  if (reason === '') throw new StreamError('request_invalid', 'reason: say why it is discarded', { field: 'reason' })
  const now = deps.clock.now()
  checkMayDiscard(letter, now)
  const retry = letter.retries
  const event = await eventOf(deps, letter)
  // The same discard as before: one entry of the history, one step of the order.
  const at = isInterrupted(letter) ? Date.parse(letter.state_at) : now
  if (!isInterrupted(letter)) {
    const state_at = new Date(at).toISOString()
    if (!(await deps.store.change(letter, { state: 'discarded', state_at, retries: retry }))) {
      throw stateConflictError(`dead letter ${letter.id} was just changed by someone else; read it again`)
    }
  }
  const act: Act = { kind: 'discarded', by, reason, retry, at }
  if (event !== null) await reportAct(deps, letter, event, act)
  await announce(deps, letter, act)
}

/** Null: it is not stored any more, or can't be read. */
async function eventOf(deps: LetterDeps<never>, letter: Letter): Promise<KindEvent | null> {
  if (letter.offset < 0) return null
  try {
    const read = await decodeOriginal(deps, await originalOf(deps, letter))
    return 'decoded' in read ? read.decoded : null
  } catch (thrown) {
    if (toStreamError(thrown).code === 'not_found') return null
    throw thrown
  }
}
