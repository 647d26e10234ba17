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
 * The record to append in place of an original: the same entity, mapped with the current configuration. Throws
 * `state_conflict` if there is nothing to append. Provided by the composition root, which alone knows every stage.
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
  /** Topic that the record was appended to again. */
  readonly topic: string
}

/** Throws `state_conflict` when the dead letter must not or can't be retried, and says how to proceed. */
export async function checkRetry(deps: LetterDeps<never>, letter: Letter, request: RetryRequest): Promise<void> {
  if (request.mapAnew === undefined) await assertMayAppend(deps, letter, request)
  else await appendedBy(deps, letter, request)
}

async function assertMayAppend(deps: LetterDeps<never>, letter: Letter, request: Force): Promise<void> {
  checkMayRetry(letter, request, deps.clock.now())
  if (letter.offset < 0) throw await nothingToAppendError(deps, letter)
}

/** The record that the retry appends. */
async function appendedBy(deps: LetterDeps<never>, letter: Letter, request: RetryRequest): Promise<Original> {
  await assertMayAppend(deps, letter, request)
  const original = await originalOf(deps, letter)
  return request.mapAnew === undefined ? original : await request.mapAnew(letter, original)
}

/**
 * Appends the original bytes, or the entity as it is mapped now, to their topic again, under their key. The stage
 * handles the record with its configuration at that time, and the version decides as always (Guarantee 4). Order of the
 * steps: the row is claimed, so that of two concurrent requests one is refused; the retry is added to both histories;
 * the record is sent. After a crash in between, the dead letter can be retried again. Throws `state_conflict` and
 * `not_found`.
 */
export async function retryLetter(deps: LetterDeps<never>, letter: Letter, request: RetryRequest): Promise<Retried> {
  const now = deps.clock.now()
  const original = await appendedBy(deps, letter, request)
  const retry = letter.retries + 1
  // The record names the current revision: a process that does not have it yet waits for it.
  const record = toRetry(letter, original, { retry, revision: await readRevision(deps.tables) })
  const decoded = await decodeOriginal(deps, original)
  const claim = { state: 'retrying', state_at: new Date(now).toISOString(), retries: retry } as const
  if (!(await deps.store.change(letter, claim))) {
    throw stateConflictError(`dead letter ${letter.id} was just changed by someone else; read it again`)
  }
  const act: Act = { kind: 'retried', by: request.by, reason: reasonOf(request), retry, at: now }
  await announce(deps, letter, act)
  // Before the record: the stage's own report must come after this one.
  if ('decoded' in decoded) await reportAct(deps, letter, decoded.decoded, act)
  await deps.producer.send([record])
  return { id: letter.id, retry, topic: record.topic }
}

/** Reason in the histories; it says whether the entity was mapped again or sent unchanged. */
function reasonOf({ reason, mapAnew }: RetryRequest): string | null {
  if (mapAnew === undefined) return reason
  return reason === null ? MAPPED_ANEW : `${MAPPED_ANEW}: ${reason}`
}

const MAPPED_ANEW = 'mapped again'

function toRetry(
  letter: Letter,
  { topic, partition, timestamp, key, value, headers }: Original,
  { retry, revision }: { readonly retry: number; readonly revision: number },
) {
  const { id, stage, connection } = letter
  if (value === null) {
    throw stateConflictError(`dead letter ${id} has no value, and Waldstream writes no tombstones: discard it`)
  }
  const keyText = key?.toString('utf8')
  if (key === null || keyText === undefined || !Buffer.from(keyText, 'utf8').equals(key)) {
    throw stateConflictError(
      `the record key of dead letter ${id} is not text, so Waldstream did not write it: discard it`,
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

/** It could not be read at the source and is in no topic: it has to be read from the source again. */
async function nothingToAppendError({ tables }: LetterDeps<never>, letter: Letter): Promise<StreamError> {
  const run = letter.task === null ? undefined : await getRun(tables, letter.task)
  const from = run?.window_from ?? letter.first_at
  const again = `waldstream sync ${letter.stage} --from ${from}`
  return stateConflictError(
    `dead letter ${letter.id} could not be read at its source and is in no topic: correct it there, read it again with "${again}", then discard it here`,
  )
}
