import { FeedError } from './feed-error.ts'
import { isRecord } from './is-record.ts'
import { type PageJson, parsed, parsePage } from './page-json.ts'

export interface PageRequest {
  readonly url: URL
  /** Sent as bearer token; null: none. */
  readonly key: string | null
  /** `ETag` of the stored answer; null: none. */
  readonly etag: string | null
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
  readonly fetch: typeof fetch
}

export interface Page extends PageJson {
  readonly etag: string | null
  /** How long to wait before the next request if there were no items; null: the API does not say. */
  readonly retryAfterMs: number | null
}

/**
 * One request. Resolves with null if nothing changed (304). Throws FeedError: `transient` for no answer, an answer that
 * was cut off, 408, 425, 429 and 5xx; `cursor_expired` for 410. Rejects with the signal's reason when it is aborted.
 */
export async function fetchPage(request: PageRequest): Promise<Page | null> {
  try {
    return await readPage(request)
  } catch (error) {
    request.signal?.throwIfAborted()
    if (error instanceof FeedError) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw new FeedError('unavailable', `${request.url.origin} gave no complete answer: ${why}`, {
      cause: error,
      transient: true,
    })
  }
}

async function readPage({ url, key, etag, timeoutMs, signal, fetch }: PageRequest): Promise<Page | null> {
  const timeout = AbortSignal.timeout(timeoutMs)
  const headers = new Headers({ accept: 'application/json' })
  if (key !== null) headers.set('authorization', `Bearer ${key}`)
  if (etag !== null) headers.set('if-none-match', etag)
  const response = await fetch(url, {
    headers,
    // Never send the key to another URL.
    redirect: 'error',
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
  })
  const body = await response.arrayBuffer()
  if (response.status === 304 && etag !== null) return null
  const text = new TextDecoder().decode(body)
  if (response.status !== 200) throw refusedError(response, text)
  checkLength(response, body.byteLength)
  const page = parsePage(text, response.status)
  return { ...page, etag: response.headers.get('etag'), retryAfterMs: retryAfterMs(response.headers, Date.now()) }
}

/** Detects answers that a proxy cut off silently; incomplete JSON reveals the others. */
function checkLength({ headers, status }: Response, bytes: number): void {
  const length = headers.get('content-length')
  // The length is that of the encoded bytes.
  if (length === null || headers.has('content-encoding') || bytes >= Number(length)) return
  const message = `the answer ends after ${bytes} of ${length} bytes`
  throw new FeedError('invalid_answer', message, { status, transient: true })
}

const PASSING: readonly number[] = [408, 425, 429]

function refusedError({ status, headers }: Response, text: string): FeedError {
  const problem = parsed(text)
  const { code, detail } = isRecord(problem) ? problem : {}
  const message = typeof detail === 'string' ? detail : text.slice(0, 300)
  return new FeedError(typeof code === 'string' ? code : `status_${status}`, `status ${status}: ${message}`, {
    status,
    retryAfterMs: retryAfterMs(headers, Date.now()),
    transient: PASSING.includes(status) || status >= 500,
  })
}

/** Seconds or a date, as milliseconds from now; null: missing or unreadable. */
function retryAfterMs(headers: Headers, now: number): number | null {
  const value = headers.get('retry-after')?.trim() ?? ''
  if (/^\d+$/.test(value)) return Number(value) * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? null : Math.max(0, date - now)
}
