import { StreamError } from '../../errors.ts'
import type { GuardedAnswer, GuardedHttp } from '../../platform/guarded-http.ts'

/**
 * What is known of an address of an image: `good`: there is one; `broken`: there is none, and why; `unknown`: its server
 * could not say, and why.
 */
export interface LinkAnswer {
  readonly state: 'good' | 'broken' | 'unknown'
  readonly reason: string
  /** What its server says of the image that is there now. */
  readonly version?: ImageVersion
}

/** What tells an image from another at the same address, as far as its server says it. */
export interface ImageVersion {
  readonly etag: string | null
  readonly modified: string | null
  readonly size: string | null
}

/**
 * Whether two answers are of different images. The same size and time are the same image, whatever an ETag says: servers of
 * one address may each have their own.
 */
export function isOther(a: ImageVersion, b: ImageVersion): boolean {
  if (a.etag !== null && a.etag === b.etag) return false
  const differs = (one: string | null, other: string | null) => one !== null && other !== null && one !== other
  if (differs(a.size, b.size) || differs(a.modified, b.modified)) return true
  const bothSay = a.size !== null && b.size !== null && a.modified !== null && b.modified !== null
  return !bothSay && differs(a.etag, b.etag)
}

/** Whether their sizes tell so: ETags and times alone may be those of another of the servers that share an address. */
export function isSurelyOther(a: ImageVersion, b: ImageVersion): boolean {
  return isOther(a, b) && !(a.size !== null && a.size === b.size)
}

/** By HEAD; a server that does not take it is asked for one byte. Rejects only when `signal` aborts. */
export async function askLink(http: GuardedHttp, url: string, signal: AbortSignal): Promise<LinkAnswer> {
  try {
    const head = await headersOf(http, 'HEAD', url, signal)
    const answer = isRefusedHead(head.status) ? await headersOf(http, 'GET', url, signal) : head
    return judge(answer)
  } catch (error) {
    // The only such error is that of an address that is not fetched, as it is or behind redirects.
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

/** Refusals that may be meant for HEAD alone. */
function isRefusedHead(status: number): boolean {
  return status === 400 || status === 403 || status === 405 || status === 501
}

function judge({ status, headers }: GuardedAnswer): LinkAnswer {
  const reason = `answered ${status}`
  if (status === 404 || status === 410) return { state: 'broken', reason }
  if (status < 200 || status >= 300) return { state: 'unknown', reason }
  const type = headers.get('content-type') ?? 'no media type'
  if (!type.startsWith('image/')) return { state: 'broken', reason: `is no image: ${type}` }
  return { state: 'good', reason, version: versionOf(headers, status) }
}

/**
 * When it was last changed, as its server says it. Null also where that is just now: then it may change again within its
 * second, or is made anew for whoever asks.
 */
export function lastModifiedOf(headers: Headers): string | null {
  const [date, modified] = [headers.get('date'), headers.get('last-modified')].map((time) => Date.parse(time ?? ''))
  const isSettled = date !== undefined && modified !== undefined && date - modified > 1000
  return isSettled ? headers.get('last-modified') : null
}

/** Of a part of it, the whole one's length stands behind the slash. */
function versionOf(headers: Headers, status: number): ImageVersion {
  const part = /\/(\d+)\s*$/.exec(headers.get('content-range') ?? '')?.[1] ?? null
  const etag = headers.get('etag')?.replace(/^W\//, '') ?? null
  return {
    etag,
    modified: lastModifiedOf(headers),
    size: status === 206 ? part : headers.get('content-length'),
  }
}
