import { StreamError } from '../../errors.ts'
import { announce, reportAct } from './announce.ts'
import type { Act, Letter, LetterDeps } from './letter.ts'
import { checkMayDiscard, stateConflictError } from './may-change.ts'
import { decodeOriginal, originalOf } from './original.ts'

export interface DiscardRequest {
  readonly by: string
  readonly reason: string
}

/**
 * Discards a dead letter: it is no longer open, its entity ends `canceled`, its bytes stay. Throws `state_conflict`,
 * and `request_invalid` without a reason.
 */
export async function discardLetter(deps: LetterDeps<never>, letter: Letter, request: DiscardRequest): Promise<void> {
  const { by } = request
  const reason = request.reason.trim()
  if (reason === '') throw new StreamError('request_invalid', 'reason: say why it is discarded', { field: 'reason' })
  const now = deps.clock.now()
  checkMayDiscard(letter, now)
  const retry = letter.retries
  const state_at = new Date(now).toISOString()
  if (!(await deps.store.change(letter, { state: 'discarded', state_at, retries: retry }))) {
    throw stateConflictError(`dead letter ${letter.id} was just changed by someone else; read it again`)
  }
  const act: Act = { kind: 'discarded', by, reason, retry, at: now }
  await announce(deps, letter, act)
  if (letter.offset < 0) return
  const decoded = await decodeOriginal(deps, await originalOf(deps, letter))
  if ('decoded' in decoded) await reportAct(deps, letter, decoded.decoded, act)
}
