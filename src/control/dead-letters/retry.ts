import { readRevision } from '../../configuration/read-configuration.ts'
import type { StreamError } from '../../errors.ts'
import { retryHeaders, withoutRetryHeaders } from '../../events/headers.ts'
import type { OutgoingRecord } from '../../platform/kafka/event-log.ts'
import { getRun } from '../runs.ts'
import { announce, reportAct } from './announce.ts'
import type { Act, Letter, LetterDeps, LetterSummary } from './letter.ts'
import { checkMayRetry, type Force, stateConflictError } from './may-change.ts'
import { decodeOriginal, type Original, originalOf } from './original.ts'

/**
 * What is appended in place of an original: the same entity as today's configuration maps it. Throws `state_conflict` where
 * there is nothing to append. Given by the root, which alone knows every stage.
 */
export type MapAnew = (letter: LetterSummary, original: Original) => Promise<Original>

export interface RetryRequest extends Force {
  /** Who asks. */
  readonly by: string
  /** Absent: the original is appended, byte for byte. */
  readonly mapAnew?: MapAnew
}

export interface Retried {
  readonly id: string
  /** Number of the retry. */
  readonly retry: number
  /** Where the record was appended again. */
  readonly topic: string
}

/** Throws `state_conflict` when the letter is not to be retried, or can't be, and says what can be done. */
export async function checkRetry(deps: LetterDeps<never>, letter: Letter, request: RetryRequest): Promise<void> {
  if (request.mapAnew === undefined) await assertMayAppend(deps, letter, request)
  else await appendedBy(deps, letter, request)
}

async function assertMayAppend(deps: LetterDeps<never>, letter: Letter, request: Force): Promise<void> {
  checkMayRetry(letter, request, deps.clock.now())
  if (letter.offset < 0) throw await nothingToAppendError(deps, letter)
}

/** What the retry appends. */
async function appendedBy(deps: LetterDeps<never>, letter: Letter, request: RetryRequest): Promise<Original> {
  await assertMayAppend(deps, letter, request)
  const original = await originalOf(deps, letter)
  return request.mapAnew === undefined ? original : await request.mapAnew(letter, original)
}

/**
 * Appends the original bytes to their topic again, under their key, or the entity as it is mapped now: the stage handles
 * it with what is configured by then, and the version decides as ever (Guarantee 4). In this order: the row is claimed, so that of two who ask at once
 * one is refused; the retry is added to both histories; the record is sent. After a crash between, the letter can be
 * retried again. Throws `state_conflict` and `not_found`.
 */
export async function retryLetter(deps: LetterDeps<never>, letter: Letter, request: RetryRequest): Promise<Retried> {
  const now = deps.clock.now()
  const original = await appendedBy(deps, letter, request)
  const retry = letter.retries + 1
  // What somebody has just changed is what it is to be handled by, also in a process that has not taken it up yet.
  const record = toRetry(letter, original, { retry, revision: await readRevision(deps.tables) })
  const decoded = await decodeOriginal(deps, original)
  const claim = { state: 'retrying', state_at: new Date(now).toISOString(), retries: retry } as const
  if (!(await deps.store.change(letter, claim))) {
    throw stateConflictError(`dead letter ${letter.id} was changed by someone else just now; look at it again`)
  }
  const act: Act = { kind: 'retried', by: request.by, reason: reasonOf(request), retry, at: now }
  await announce(deps, letter, act)
  // Before the record: the stage's own report of it is to come after this one.
  if ('decoded' in decoded) await reportAct(deps, letter, decoded.decoded, act)
  await deps.producer.send([record])
  return { id: letter.id, retry, topic: record.topic }
}

/** In the histories: one that was mapped anew is told from one that was sent as it was. */
function reasonOf({ reason, mapAnew }: RetryRequest): string | null {
  if (mapAnew === undefined) return reason
  return reason === null ? MAPPED_ANEW : `${MAPPED_ANEW}: ${reason}`
}

const MAPPED_ANEW = 'mapped anew'

function toRetry(
  letter: Letter,
  { topic, partition, timestamp, key, value, headers }: Original,
  { retry, revision }: { readonly retry: number; readonly revision: number },
) {
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
  const mark = { letterId: id, attempt: retry, stage, connection, key: letter.key, origin, revision }
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
