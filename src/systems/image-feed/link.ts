import { StreamError } from '../../errors.ts'
import type { GuardedAnswer, GuardedHttp } from '../../platform/guarded-http.ts'

/**
 * The result of a link check. `good`: there is an image; `broken`: there is none, with the reason; `unknown`: the
 * server could not answer, with the reason.
 */
export interface LinkAnswer {
  readonly state: 'good' | 'broken' | 'unknown'
  readonly reason: string
  /** Version of the current image, if its server sends one. */
  readonly version?: ImageVersion
}

/** Distinguishes images at the same address, as far as the server's headers allow it. */
export interface ImageVersion {
  readonly etag: string | null
  readonly modified: string | null
  readonly size: string | null
}

/**
 * Whether two responses are of different images. The same size and time mean the same image even if the ETag differs:
 * several servers behind one address may each have their own ETags.
 */
export function isOther(a: ImageVersion, b: ImageVersion): boolean {
  if (a.etag !== null && a.etag === b.etag) return false
  const differs = (one: string | null, other: string | null) => one !== null && other !== null && one !== other
  if (differs(a.size, b.size) || differs(a.modified, b.modified)) return true
  const bothSay = a.size !== null && b.size !== null && a.modified !== null && b.modified !== null
  return !bothSay && differs(a.etag, b.etag)
}

/** Whether the sizes prove it: different ETags and times alone may come from different servers behind one address. */
export function isSurelyOther(a: ImageVersion, b: ImageVersion): boolean {
  return isOther(a, b) && !(a.size !== null && a.size === b.size)
}

/** Checks by HEAD; if a server does not accept it, requests one byte. Rejects only when `signal` aborts. */
export async function askLink(http: GuardedHttp, url: string, signal: AbortSignal): Promise<LinkAnswer> {
  try {
    const head = await headersOf(http, 'HEAD', url, signal)
    const answer = isRefusedHead(head.status) ? await headersOf(http, 'GET', url, signal) : head
    return judge(answer)
  } catch (error) {
    // The only StreamError here is for an address that must not be fetched, directly or after redirects.
    if (error instanceof StreamError) return { state: 'broken', reason: error.message }
    return { state: 'unknown', reason: signal.aborted ? 'did not answer in time' : 'could not be reached' }
  }
}

async function headersOf(
  http: GuardedHttp,
  method: 'HEAD' | 'GET',
  url: string,
  signal: AbortSignal,
): Promise<GuardedAnswer> {
  const headers = { accept: 'image/*', ...(method === 'GET' ? { range: 'bytes=0-0' } : {}) }
  const answer = await http.request({ method, url, headers, signal })
  answer.discard()
  return answer
}

/** Error statuses that may only concern HEAD. */
function isRefusedHead(status: number): boolean {
  return status === 400 || status === 403 || status === 405 || status === 501
}

function judge({ status, headers }: GuardedAnswer): LinkAnswer {
  const reason = `answered ${status}`
  if (status === 404 || status === 410) return { state: 'broken', reason }
  if (status < 200 || status >= 300) return { state: 'unknown', reason }
  const type = headers.get('content-type') ?? 'no media type'
  if (!type.startsWith('image/')) return { state: 'broken', reason: `is not an image: ${type}` }
  return { state: 'good', reason, version: versionOf(headers, status) }
}

/**
 * The `Last-Modified` time. Null also if that is the current time: it may change again within the same second, or be
 * generated per request.
 */
export function lastModifiedOf(headers: Headers): string | null {
  const [date, modified] = [headers.get('date'), headers.get('last-modified')].map((time) => Date.parse(time ?? ''))
  const isSettled = date !== undefined && modified !== undefined && date - modified > 1000
  return isSettled ? headers.get('last-modified') : null
}

/** For a partial response, the total length follows the slash. */
function versionOf(headers: Headers, status: number): ImageVersion {
  const part = /\/(\d+)\s*$/.exec(headers.get('content-range') ?? '')?.[1] ?? null
  const etag = headers.get('etag')?.replace(/^W\//, '') ?? null
  return {
    etag,
    modified: lastModifiedOf(headers),
    size: status === 206 ? part : headers.get('content-length'),
  }
}
