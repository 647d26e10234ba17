import { StreamError } from '../../errors.ts'
import type { CallLimits, Governor } from '../../platform/governor/governor.ts'
import type { Governors } from '../../platform/governor/governors.ts'
import { createGuardedHttp, type GuardedAnswer, type GuardedHttp } from '../../platform/guarded-http.ts'
import { retryAfterMs } from '../../platform/http-errors.ts'
import type { NetworkRules } from '../../platform/network-rules.ts'
import { decoded } from '../kit/decode-text.ts'
import { checkOf, type SystemCheck } from '../kit/system-check.ts'
import { MOST_BYTES, unpacked } from '../kit/unpack.ts'
import { askLink, type LinkAnswer, lastModifiedOf } from './link.ts'
import { type NextPage, nextLink } from './next-page.ts'
import { type FeedForm, parseFeed } from './parse.ts'
import { feedCutShortError, feedError, feedWords, MOST_ROWS } from './record.ts'
import type { FeedRow } from './rows.ts'

export interface ImageFeedSettings {
  readonly url: string
  /** Identifies the feed and how it is read: notes stored under another id do not apply. */
  readonly id: string
  readonly limits: CallLimits
  /** Authentication headers. */
  readonly credentials: Readonly<Record<string, string>>
  /** Null: detected from the feed. */
  readonly encoding: string | null
  /** Parameters of image addresses that do not identify the picture. */
  readonly passingParameters: readonly string[]
  /** How long a link with an image stays valid before it is checked again, in ms; null: links are not checked. */
  readonly checkLinksMs: number | null
  readonly timeoutMs: number
  readonly form: FeedForm
  /** Largest feed, unpacked. */
  readonly mostBytes?: number
}

/** Values for a conditional request. */
export interface Validators {
  readonly etag: string | null
  readonly lastModified: string | null
}

/** A downloaded feed; `rows` null: unchanged since the given validators. */
export interface Download {
  readonly rows: readonly FeedRow[] | null
  readonly validators: Validators
}

export interface ImageFeedClient extends Pick<ImageFeedSettings, 'id' | 'checkLinksMs' | 'passingParameters'> {
  /**
   * Downloads the whole feed, or returns `rows: null` if it is unchanged since these validators. Throws
   * `source_data_invalid` for an incomplete feed and, like every client, `target_unavailable`, `timed_out`,
   * `rate_limited`, `credentials_refused`.
   */
  download(known: Validators | null, signal: AbortSignal): Promise<Download>
  /** Checks whether an address in the feed has an image; the feed's credentials are not sent there. */
  link(url: string, signal: AbortSignal): Promise<LinkAnswer>
  /** Requests the feed without reading it. Throws as `download` does. */
  check(signal: AbortSignal): Promise<SystemCheck>
}

const LINK_TIMEOUT_MS = 20_000

export function createImageFeedClient(
  settings: ImageFeedSettings,
  deps: { readonly governors: Governors; readonly network: NetworkRules },
): ImageFeedClient {
  const http = createGuardedHttp(deps.network)
  const governor = deps.governors.of(`image-feed ${hostOf(settings)}`, settings.limits)
  const governed = <T>(signal: AbortSignal, call: (bounded: AbortSignal) => Promise<T>) =>
    inTurn(governor, settings, signal, wholeTime(settings.timeoutMs), call)
  return {
    id: settings.id,
    checkLinksMs: settings.checkLinksMs,
    passingParameters: settings.passingParameters,
    async download(known, signal) {
      const whole = wholeTime(settings.timeoutMs)
      let asked = known
      return await allPages(settings, (page) => {
        const validators = asked
        asked = null
        return inTurn(governor, page, signal, whole, (bounded) => get(http, page, validators, bounded))
      })
    },
    link: (url, signal) =>
      governor.run(
        'images',
        () => askLink(http, url, AbortSignal.any([signal, AbortSignal.timeout(LINK_TIMEOUT_MS)])),
        signal,
      ),
    check: (signal) =>
      governed(signal, async (bounded) => {
        const answer = await ask(http, settings, null, bounded)
        answer.discard()
        return checkOf(answer.headers)
      }),
  }
}

async function inTurn<T>(
  governor: Governor,
  settings: ImageFeedSettings,
  signal: AbortSignal,
  whole: WholeTime,
  call: (bounded: AbortSignal) => Promise<T>,
): Promise<T> {
  try {
    return await governor.run('images', () => call(AbortSignal.any([signal, whole.begun()])), signal)
  } catch (error) {
    if (error instanceof StreamError) throw error
    throw unreachableError(error, settings, { ended: signal.aborted, late: whole.begun().aborted })
  }
}

/** Time limit for all calls together, from the start of the first one. */
interface WholeTime {
  begun(): AbortSignal
}

function wholeTime(ms: number): WholeTime {
  let signal: AbortSignal | undefined
  return {
    begun() {
      signal ??= AbortSignal.timeout(ms)
      return signal
    },
  }
}

function unreachableError(
  cause: unknown,
  settings: ImageFeedSettings,
  why: { readonly ended: boolean; readonly late: boolean },
): StreamError {
  if (why.ended) return new StreamError('stopping', 'the read of the image feed was aborted', { cause })
  const message = why.late ? 'the image feed took too long' : 'the image feed could not be read completely'
  return new StreamError(why.late ? 'timed_out' : 'target_unavailable', `${message}: ${hostOf(settings)}`, { cause })
}

/** The response with an unread body; throws for an error status. */
async function ask(
  http: GuardedHttp,
  { url, credentials, ...settings }: ImageFeedSettings,
  known: Validators | null,
  signal: AbortSignal,
): Promise<GuardedAnswer> {
  const headers = {
    accept: 'text/csv, application/json, application/xml, */*;q=0.5',
    'accept-encoding': 'gzip',
    ...(known?.etag ? { 'if-none-match': known.etag } : {}),
    ...(known?.lastModified ? { 'if-modified-since': known.lastModified } : {}),
  }
  const answer = await http.request({ method: 'GET', url, headers, credentials, signal })
  const { status } = answer
  const unchanged = status === 304 && known !== null
  if ((status >= 200 && status < 300) || unchanged) return answer
  answer.discard()
  throw refusedError(answer, hostOf({ url, ...settings }))
}

/** One document of a feed, and the address of the next one. */
interface FetchedPage {
  /** Null: unchanged since the given validators. */
  readonly rows: readonly FeedRow[] | null
  readonly validators: Validators
  /** Has an absolute address. */
  readonly next: NextPage | null
  readonly bytes: number
}

async function get(
  http: GuardedHttp,
  settings: ImageFeedSettings,
  known: Validators | null,
  signal: AbortSignal,
): Promise<FetchedPage> {
  const answer = await ask(http, settings, known, signal)
  try {
    return await pageOf(answer, settings, known)
  } finally {
    answer.discard()
  }
}

async function pageOf(
  { status, headers, body, url }: GuardedAnswer,
  settings: ImageFeedSettings,
  known: Validators | null,
): Promise<FetchedPage> {
  if (status === 304 && known !== null) return { rows: null, validators: known, next: null, bytes: 0 }
  if (status === 206) throw feedCutShortError('its server sent only a part of it (206)')
  const size = { bytes: 0 }
  const most = settings.mostBytes ?? MOST_BYTES
  const bytes = counted(unpacked(body, { encoding: headers.get('content-encoding'), most, words: feedWords }), size)
  const type = headers.get('content-type')
  const text = decoded(bytes, { setting: settings.encoding, contentType: type, words: feedWords })
  const { rows, next } = await parseFeed(text, settings.form, type)
  const linked = nextLink(headers.get('link'))
  const page = absolute(linked === null ? next : { address: linked }, url)
  const validators = { etag: headers.get('etag'), lastModified: lastModifiedOf(headers) }
  return { rows, validators, next: page, bytes: size.bytes }
}

function absolute(next: NextPage | null, from: string): NextPage | null {
  if (next === null || 'problem' in next) return next
  if (URL.canParse(next.address, from)) return { address: new URL(next.address, from).href }
  throw feedError('the address of its next page is not valid')
}

/**
 * Null: there is no further page. If the pages of a feed name the next one, the one without such an address is the
 * last; its page numbers are ignored, because they may start at 0 or count more than rows.
 */
function addressOf(next: NextPage | null, isFollowed: boolean): string | null {
  if (next === null) return null
  if ('address' in next) return next.address
  if (isFollowed && next.byNumbers === true) return null
  throw feedError(`${next.problem}; use an address of the whole feed, or one whose pages name the address of the next`)
}

async function* counted(chunks: AsyncIterable<Buffer>, size: { bytes: number }): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    size.bytes += chunk.length
    yield chunk
  }
}

/** More pages than this count as an endless list. */
const MOST_PAGES = 1000

/** Downloads all pages of a feed; each page names the next one. `fetchPage` downloads one page. */
async function allPages(
  { url, credentials, ...settings }: ImageFeedSettings,
  fetchPage: (page: ImageFeedSettings) => Promise<FetchedPage>,
): Promise<Download> {
  const first = await fetchPage({ url, credentials, ...settings })
  let next = addressOf(first.next, false)
  if (first.rows === null || next === null) return { rows: first.rows, validators: first.validators }
  const rows = placed(first.rows, 1)
  const seen = new Set([url])
  let bytes = first.bytes
  while (next !== null) {
    if (seen.has(next)) throw feedError('its pages link to one another in a circle')
    seen.add(next)
    if (seen.size > MOST_PAGES) throw feedError(`it has more than ${MOST_PAGES} pages`)
    const ownServer = new URL(next).origin === new URL(url).origin
    const page: FetchedPage = await fetchPage({ ...settings, url: next, credentials: ownServer ? credentials : {} })
    for (const row of placed(page.rows ?? [], seen.size)) rows.push(row)
    bytes += page.bytes
    const most = settings.mostBytes ?? MOST_BYTES
    if (bytes > most) throw feedError(`its pages have more than ${most} bytes, unpacked; split it`)
    if (rows.length > MOST_ROWS) throw feedError(`its pages have more than ${MOST_ROWS} rows; split it`)
    next = addressOf(page.next, true)
  }
  // An unchanged first page does not mean that the others are unchanged.
  return { rows, validators: { etag: null, lastModified: null } }
}

function placed(rows: readonly FeedRow[], page: number): FeedRow[] {
  return rows.map(({ odd, ...row }) => {
    const place = `page ${page}, ${row.place}`
    return odd === undefined ? { ...row, place } : { ...row, place, odd: `page ${page}, ${odd}` }
  })
}

function refusedError({ status, headers }: GuardedAnswer, host: string): StreamError {
  const message = `the image feed answered ${status}: ${host}`
  const after = retryAfterMs(headers.get('retry-after'), Date.now())
  const options = { details: { status }, ...(after === undefined ? {} : { retryAfterMs: after }) }
  if (status === 429) return new StreamError('rate_limited', message, options)
  if (status === 401 || status === 403) return new StreamError('credentials_refused', message, options)
  if (status >= 500 || status === 408 || status === 304) return new StreamError('target_unavailable', message, options)
  return new StreamError('configuration_invalid', `${message}; check the system's address`, options)
}

/** The host only: path and query may contain a key. */
function hostOf({ url }: Pick<ImageFeedSettings, 'url'>): string {
  return new URL(url).host
}
