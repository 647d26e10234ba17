import type { ErrorCode } from '../errors.ts'

/** A call to an outside system, without its headers, which contain secrets. */
export interface RecordedCall {
  /** Milliseconds UTC. */
  readonly at: number
  readonly method: string
  /** Host and path as in logs, with the names of query parameters; their values may be personal data. */
  readonly address: string
  /** The bodies as text; null: no body, or longer than `LONGEST_BODY`. */
  readonly request: string | null
  readonly answer: string | null
  /** Null: no answer. */
  readonly status: number | null
  readonly ms: number
  /** Code of the call's error; null: it succeeded. */
  readonly error: ErrorCode | null
  /** Bodies that were left out for their length. */
  readonly cut: readonly CallBody[]
}

export type CallBody = 'request' | 'answer'

/** The calls of one piece of work, in the order they ended. */
export interface RecordedCalls {
  readonly calls: readonly RecordedCall[]
  /** Number of calls left out between the first and the last ones. */
  readonly leftOut: number
}

/** Calls to record: the first ones show the look-ups, the last one the outcome of the work. */
const FIRST_CALLS = 10
export const MOST_CALLS = 20
/** Most characters of a recorded body. */
export const LONGEST_BODY = 256 * 1024

interface Recording {
  calls: RecordedCall[]
  leftOut: number
}

const recordings = new WeakMap<AbortSignal, Recording>()

/**
 * Records every call made with this signal. Shared calls have their own signal and calls that sign in have none, so
 * neither is recorded: the former belong to several callers, the latter contain secrets.
 */
export function recordCalls(signal: AbortSignal): RecordedCalls {
  const recording: Recording = { calls: [], leftOut: 0 }
  recordings.set(signal, recording)
  return recording
}

/** Records an ended call, if calls with its signal are recorded. */
export function noteCall(signal: AbortSignal | undefined, call: Omit<RecordedCall, 'cut'>): void {
  const recording = signal === undefined ? undefined : recordings.get(signal)
  if (recording === undefined) return
  const [request, requestCut] = held(call.request)
  const [answer, answerCut] = held(call.answer)
  const cut: CallBody[] = [...(requestCut ? (['request'] as const) : []), ...(answerCut ? (['answer'] as const) : [])]
  recording.calls.push({ ...call, request, answer, cut })
  if (recording.calls.length <= MOST_CALLS) return
  recording.calls.splice(FIRST_CALLS, 1)
  recording.leftOut += 1
}

function held(body: string | null): readonly [string | null, boolean] {
  return body !== null && body.length > LONGEST_BODY ? [null, true] : [body, false]
}
