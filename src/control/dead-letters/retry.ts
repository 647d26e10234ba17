import type { StreamError } from '../../errors.ts'
import { retryHeaders, withoutRetryHeaders } from '../../events/headers.ts'
import type { OutgoingRecord } from '../../platform/kafka/event-log.ts'
import { getRun } from '../runs.ts'
import { type Act, announce, reportAct } from './announce.ts'
import type { Letter, LetterDeps } from './letter.ts'
import { checkMayRetry, type Force, stateConflictError } from './may-change.ts'
import { decodeOriginal, type Original, originalOf } from './original.ts'

export interface RetryRequest extends Force {
  /** Who asks. */
  readonly by: string
}

export interface Retried {
  readonly id: string
  /** Number of the retry. */
  readonly retry: number
  /** Where the record was appended again. */
  readonly topic: string
}

/** Throws `state_conflict` when the letter is not to be retried, or can't be, and says what can be done. */
export async function checkRetry(deps: LetterDeps<never>, letter: Letter, request: Force): Promise<void> {
  checkMayRetry(letter, request, deps.clock.now())
  if (letter.offset < 0) throw await nothingToAppendError(deps, letter)
}

/**
 * Appends the original bytes to their topic again, under their key: the stage handles them with what is configured by
 * then, and the version decides as ever (Guarantee 4). In this order: the row is claimed, so that of two who ask at once
 * one is refused; the retry is added to both histories; the record is sent. After a crash between, the letter can be
 * retried again. Throws `state_conflict` and `not_found`.
 */
export async function retryLetter(deps: LetterDeps<never>, letter: Letter, request: RetryRequest): Promise<Retried> {
  const now = deps.clock.now()
  await checkRetry(deps, letter, request)
  const original = await originalOf(deps, letter)
  const retry = letter.retries + 1
  const record = toRetry(letter, original, retry)
  const decoded = await decodeOriginal(deps, original)
  const claim = { state: 'retrying', state_at: new Date(now).toISOString(), retries: retry } as const
  if (!(await deps.store.change(letter, claim))) {
    throw stateConflictError(`dead letter ${letter.id} was changed by someone else just now; look at it again`)
  }
  const act: Act = { kind: 'retried', by: request.by, reason: request.reason, retry, at: now }
  await announce(deps, letter, act)
  // Before the record: the stage's own report of it is to come after this one.
  if ('decoded' in decoded) await reportAct(deps, letter, decoded.decoded, act)
  await deps.producer.send([record])
  return { id: letter.id, retry, topic: record.topic }
}

function toRetry(letter: Letter, { topic, partition, timestamp, key, value, headers }: Original, retry: number) {
  const { id, stage, connection } = letter
  if (value === null) {
    throw stateConflictError(`dead letter ${id} has no value, and no value is ever written: it can only be discarded`)
  }
  const keyText = key?.toString('utf8')
  if (key === null || keyText === undefined || !Buffer.from(keyText, 'utf8').equals(key)) {
    throw stateConflictError(
      `the record key of dead letter ${id} is no text, so Waldstream did not write it: discard it`,
    )
  }
  const origin = { topic, partition, offset: letter.offset, timestamp }
  const mark = { letterId: id, attempt: retry, stage, connection, key: letter.key, origin }
  const own: Record<string, Buffer[]> = {}
  for (const header of withoutRetryHeaders(headers)) {
    own[header.key] = [...(own[header.key] ?? []), header.value ?? Buffer.alloc(0)]
  }
  const record: OutgoingRecord = { topic, key: keyText, value, headers: { ...own, ...retryHeaders(mark) } }
  return record
}

/** It could not be read at the source, so that no topic has it: only the source can give it again. */
async function nothingToAppendError({ tables }: LetterDeps<never>, letter: Letter): Promise<StreamError> {
  const run = letter.task === null ? undefined : await getRun(tables, letter.task)
  const from = run?.window_from ?? letter.first_at
  const again = `waldstream sync ${letter.stage} --from ${from}`
  return stateConflictError(
    `dead letter ${letter.id} could not be read at its source and is in no topic: correct it there, read it again with "${again}", and discard this`,
  )
}
