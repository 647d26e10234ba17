import type { DeadLetterChange, DeadLettered } from '../events/generated/events.ts'
import { isoTime } from '../events/times.ts'
import { type DeadLetterRow, groupOf, type LetterChange, type LetterState } from './dead-letter-row.ts'

/** Bytes of key, value and headers that a row holds; larger ones stay in the topic. */
const MAX_ORIGINAL_BYTES = 290_000
/** Changes that a row stores. */
const HISTORY = 20

/**
 * The row after a record of `dead-letters`; the same row if it includes the record already. All records of one dead
 * letter are in one partition, so their offsets give the order. Undefined: a change of an unknown dead letter, which
 * Waldstream itself never makes.
 */
export function foldDeadLetter(
  row: DeadLetterRow | undefined,
  event: DeadLettered,
  keptIn: DeadLetterRow['kept_in'],
): DeadLetterRow | undefined {
  const { change } = event
  if (row === undefined) return change === null ? newRow(event, keptIn) : undefined
  const offset = Number(keptIn.offset)
  if (offset <= row.folded_to) return row
  const after = change === null ? afterFailure(row, event, keptIn) : afterChange(row, event, change)
  return { ...after, folded_to: offset, revision: row.revision + 1 }
}

function newRow(event: DeadLettered, keptIn: DeadLetterRow['kept_in']): DeadLetterRow {
  const at = isoTime(event.lastAt)
  return {
    id: event.deadLetterId,
    state: 'open',
    state_at: at,
    group: groupOf(event),
    stage: event.stage,
    connection: event.connection,
    key: event.key,
    topic: event.topic,
    partition: event.partition,
    offset: event.offset,
    appended_at: isoTime(event.timestamp),
    code: event.code,
    message: event.message,
    field: event.field,
    attempts: event.attempts,
    retries: event.retry,
    first_at: isoTime(event.firstAt),
    last_at: at,
    task: event.taskId,
    event_id: event.eventId,
    ...recordOf(event, keptIn),
    history: [failure(event)],
    failed_retry: event.retry,
    folded_to: Number(keptIn.offset),
    revision: 1,
  }
}

function recordOf(event: DeadLettered, keptIn: DeadLetterRow['kept_in']) {
  return {
    key_bytes: event.originalKey?.length ?? 0,
    value_bytes: event.originalValue?.length ?? 0,
    original: originalOf(event),
    kept_in: keptIn,
  } satisfies Partial<DeadLetterRow>
}

/** Empty if the row holds the same bytes already. */
function otherRecord({ original }: DeadLetterRow, record: ReturnType<typeof recordOf>): Partial<DeadLetterRow> {
  return original !== null && JSON.stringify(original) === JSON.stringify(record.original) ? {} : record
}

/**
 * The original is the record that failed last: a retry repeats it byte for byte, or sends the entity mapped again, and
 * only the newest may be retried. The place stays that of the first record.
 */
function afterFailure(row: DeadLetterRow, event: DeadLettered, keptIn: DeadLetterRow['kept_in']): DeadLetterRow {
  const { code, message, field, retry } = event
  const isNew = retry > row.failed_retry
  const state = stateAfterFailure(row, retry)
  const last_at = isoTime(event.lastAt)
  return {
    ...row,
    ...(retry < row.failed_retry ? {} : otherRecord(row, recordOf(event, keptIn))),
    code,
    message,
    field,
    group: groupOf(event),
    state,
    last_at,
    state_at: state === row.state ? row.state_at : last_at,
    attempts: isNew ? row.attempts + event.attempts : Math.max(row.attempts, event.attempts),
    task: event.taskId ?? row.task,
    event_id: event.eventId ?? row.event_id,
    failed_retry: Math.max(row.failed_retry, retry),
    retries: Math.max(row.retries, retry),
    history: isNew || row.state === 'resolved' ? remember(row, failure(event)) : row.history,
  }
}

/**
 * Guarantee 2: a failure reopens the dead letter, unless it is older than the retry under way, or the dead letter is
 * discarded.
 */
function stateAfterFailure(row: DeadLetterRow, retry: number): LetterState {
  if (row.state === 'discarded') return 'discarded'
  return row.state === 'retrying' && retry < row.retries ? 'retrying' : 'open'
}

function afterChange(row: DeadLetterRow, event: DeadLettered, { kind, by, reason }: DeadLetterChange): DeadLetterRow {
  if (kind === 'superseded') return afterSuperseding(row, isoTime(event.lastAt), reason)
  if (kind !== 'retried' && kind !== 'resolved' && kind !== 'discarded') return row
  const { retry } = event
  const at = isoTime(event.lastAt)
  // A discard may be repeated, with the time of the first attempt; after a retry the same dead letter may be discarded
  // once more.
  const known = row.history.some(
    (entry) => entry.what === kind && entry.retry === retry && (kind !== 'discarded' || entry.at === at),
  )
  const history = known ? row.history : remember(row, { at, what: kind, retry, by, reason, code: null })
  const state = stateAfterChange(row, kind, retry)
  const state_at = state === row.state ? row.state_at : at
  return { ...row, history, state, state_at, retries: Math.max(row.retries, retry) }
}

/** A newer version passed the stage: nothing is left to do. A failure of a later retry opens it again. */
function afterSuperseding(row: DeadLetterRow, at: string, reason: string | null): DeadLetterRow {
  if (row.state === 'resolved' || row.state === 'discarded') return row
  const change: LetterChange = { at, what: 'resolved', retry: row.failed_retry, by: null, reason, code: null }
  return { ...row, state: 'resolved', state_at: at, history: remember(row, change) }
}

function stateAfterChange(row: DeadLetterRow, kind: 'retried' | 'resolved' | 'discarded', retry: number): LetterState {
  // A newer retry is under way and decides.
  if (retry < row.retries) return row.state
  if (kind === 'discarded') return 'discarded'
  // A record that failed and was redelivered may look successful the second time: the dead letter stays open.
  if (retry <= row.failed_retry) return row.state
  if (kind === 'resolved') return row.state === 'discarded' ? row.state : 'resolved'
  const ended = row.history.some((entry) => entry.what === 'resolved' && entry.retry === retry)
  return ended ? row.state : 'retrying'
}

function failure({ lastAt, retry, code }: DeadLettered): LetterChange {
  return { at: isoTime(lastAt), what: 'failed', retry, by: null, reason: null, code }
}

function remember(row: DeadLetterRow, change: LetterChange): readonly LetterChange[] {
  return [...row.history, change].slice(-HISTORY)
}

function originalOf(event: DeadLettered): DeadLetterRow['original'] {
  const base64 = (bytes: Buffer | null) => bytes?.toString('base64') ?? null
  const original = {
    key: base64(event.originalKey),
    value: base64(event.originalValue),
    headers: event.headers.map(({ key, value }) => ({ key, value: base64(value) })),
  }
  return JSON.stringify(original).length <= MAX_ORIGINAL_BYTES ? original : null
}
