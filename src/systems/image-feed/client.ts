import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { StreamError } from '../../errors.ts'
import { checkOf, type SystemCheck } from '../system-check.ts'

/** Largest feed that is taken, unpacked. */
const MAX_BYTES = 512 * 1024 * 1024

export interface ImageFeedSettings {
  readonly url: string
  /** For feeds behind a password (HTTP Basic). */
  readonly login: { readonly username: string; readonly password: string } | null
  readonly timeoutMs?: number
}

/** A feed as downloaded; `text` null: it is the one of the ETag that was given. */
export interface Download {
  readonly text: string | null
  readonly etag: string | null
}

export interface ImageFeedClient {
  /**
   * The whole feed, or `text: null` when it still has this ETag. Throws `source_data_invalid` for a feed that is shorter
   * than announced, and as every client `target_unavailable`, `timed_out`, `rate_limited`, `credentials_refused`.
   */
  download(knownEtag: string | null, signal: AbortSignal): Promise<Download>
  /** Asks for the feed and reads none of it. Throws as `download` does. */
  check(signal: AbortSignal): Promise<SystemCheck>
}

export function createImageFeedClient(settings: ImageFeedSettings): ImageFeedClient {
  return {
    async download(knownEtag, signal) {
      return await inTime(settings, signal, (bounded) => get(settings, knownEtag, bounded))
    },
    async check(signal) {
      return await inTime(settings, signal, async (bounded) => {
        const response = await ask(settings, null, bounded)
        await response.body?.cancel()
        return checkOf(response.headers)
      })
    },
  }
}

async function inTime<T>(
  settings: ImageFeedSettings,
  signal: AbortSignal,
  call: (bounded: AbortSignal) => Promise<T>,
): Promise<T> {
  const timeout = AbortSignal.timeout(settings.timeoutMs ?? 300_000)
  try {
    return await call(AbortSignal.any([signal, timeout]))
  } catch (error) {
    if (error instanceof StreamError) throw error
    if (signal.aborted) throw new StreamError('stopping', 'the read of the image feed was ended', { cause: error })
    const late = timeout.aborted
    const message = late ? 'the image feed took too long' : 'the image feed could not be read to its end'
    throw new StreamError(late ? 'timed_out' : 'target_unavailable', `${message}: ${hostOf(settings)}`, {
      cause: error,
    })
  }
}

/** The answer, its body not read; throws for what is no feed. */
async function ask(settings: ImageFeedSettings, knownEtag: string | null, signal: AbortSignal): Promise<Response> {
  const headers = new Headers({ accept: 'text/csv, */*', 'accept-encoding': 'gzip' })
  if (knownEtag !== null) headers.set('if-none-match', knownEtag)
  if (settings.login !== null) {
    const { username, password } = settings.login
    headers.set('authorization', `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`)
  }
  const response = await fetch(settings.url, { headers, signal })
  if (response.ok || response.status === 304) return response
  await response.body?.cancel()
  throw problem(response, settings)
}

async function get(settings: ImageFeedSettings, knownEtag: string | null, signal: AbortSignal): Promise<Download> {
  const response = await ask(settings, knownEtag, signal)
  if (response.status === 304) return { text: null, etag: knownEtag }
  const bytes = Buffer.from(await response.arrayBuffer())
  checkLength(response, bytes)
  return { text: await unpack(bytes), etag: response.headers.get('etag') }
}

/** `fetch` unpacks by Content-Encoding, and the length is then that of the packed body. */
function checkLength(response: Response, bytes: Buffer): void {
  const announced = response.headers.get('content-length')
  if (announced === null || response.headers.has('content-encoding')) return
  if (bytes.length === Number(announced)) return
  throw new StreamError(
    'source_data_invalid',
    `the image feed has ${bytes.length} bytes of ${announced} announced: it was cut short`,
  )
}

/** A feed that is itself a .gz file is known by its first two bytes. */
async function unpack(bytes: Buffer): Promise<string> {
  const packed = bytes[0] === 0x1f && bytes[1] === 0x8b
  const plain = packed ? await promisify(gunzip)(bytes, { maxOutputLength: MAX_BYTES }).catch(notUnpacked) : bytes
  if (plain.length > MAX_BYTES) {
    throw new StreamError('source_data_invalid', `the image feed has more than ${MAX_BYTES} bytes; split it`)
  }
  return plain.toString('utf8')
}

function notUnpacked(cause: unknown): never {
  throw new StreamError('source_data_invalid', 'the image feed is a gzip file that is damaged or cut short', { cause })
}

function problem(response: Response, settings: ImageFeedSettings): StreamError {
  const { status } = response
  const message = `the image feed answered ${status}: ${hostOf(settings)}`
  const details = { status }
  if (status === 429) {
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
    return new StreamError('rate_limited', message, {
      details,
      ...(Number.isFinite(seconds) ? { retryAfterMs: seconds * 1000 } : {}),
    })
  }
  if (status === 401 || status === 403) return new StreamError('credentials_refused', message, { details })
  if (status >= 500 || status === 408) return new StreamError('target_unavailable', message, { details })
  return new StreamError('configuration_invalid', `${message}; check the system's address`, { details })
}

/** Without path and query, which may hold a key. */
function hostOf({ url }: ImageFeedSettings): string {
  return new URL(url).host
}
