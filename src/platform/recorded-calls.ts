import type { ErrorCode } from '../errors.ts'

/** A call to an outside system as it was made: without its headers, which hold secrets. */
export interface RecordedCall {
  /** Milliseconds UTC. */
  readonly at: number
  readonly method: string
  /** Host and path as logs have them, with the names of the query: its values may be of a person. */
  readonly address: string
  /** The bodies as text; null: there was none, or it was longer than `LONGEST_BODY`. */
  readonly request: string | null
  readonly answer: string | null
  /** Null: no answer came. */
  readonly status: number | null
  readonly ms: number
  /** What the call failed with; null: it did not. */
  readonly error: ErrorCode | null
  /** Bodies that are not whole. */
  readonly cut: readonly CallBody[]
}

export type CallBody = 'request' | 'answer'

/** The calls of one piece of work, in the order in which they ended. */
export interface RecordedCalls {
  readonly calls: readonly RecordedCall[]
  /** Calls between the first and the last ones that are not among them. */
  readonly leftOut: number
}

/** Calls that are kept: the first ones say what was looked up, the last one is what the work ended with. */
const FIRST_CALLS = 10
export const MOST_CALLS = 20
/** Characters of a body that is held until its work ends. */
export const LONGEST_BODY = 256 * 1024

interface Recording {
  calls: RecordedCall[]
  leftOut: number
}

const recordings = new WeakMap<AbortSignal, Recording>()

/**
 * Records every call that is made with this signal, by whom it came to be sent. What several share has a signal of its own and
 * what signs in has none, so neither is recorded: the one is nobody's own, the other holds secrets.
 */
export function recordCalls(signal: AbortSignal): RecordedCalls {
  const recording: Recording = { calls: [], leftOut: 0 }
  recordings.set(signal, recording)
  return recording
}

/** A call with this signal has ended. */
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
