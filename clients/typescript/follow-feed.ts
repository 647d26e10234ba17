import { FeedError } from './feed-error.ts'
import type { FeedRow, FeedState, FeedStore } from './feed-store.ts'
import { fetchPage, type Page } from './fetch-page.ts'
import { sleep } from './sleep.ts'

export interface RetryOptions {
  /** Requests in a row for one page before the error is thrown. */
  readonly attempts: number
  /** Wait after the first failure; doubles with each failure. */
  readonly firstMs: number
  readonly mostMs: number
}

export interface FeedOptions {
  /** URL of the API, without `/v1`. */
  readonly api: string
  /** An API key with the scope `feeds:read`. */
  readonly key?: string
  /** `products`, `inventory`, `prices`, `images`. */
  readonly feed: string
  readonly connection: string
  /** Rows of this system only. */
  readonly source?: string
  /** Rows per page, 1 to 1000. 500 by default. */
  readonly limit?: number
  readonly store: FeedStore
  /**
   * How to handle an expired cursor (410), and a store whose copy is of another feed, for example after `source`
   * changed. `read-again`, the default, reads the feed in full, then removes rows no longer in it; until then the old
   * rows stay. `throw` throws a FeedError (`cursor_expired`); `readAgain()` then starts the full read.
   */
  readonly onExpired?: 'read-again' | 'throw'
  readonly retry?: Partial<RetryOptions>
  /** Timeout of one request. 30,000 by default. */
  readonly timeoutMs?: number
  readonly fetch?: typeof fetch
}

/** Limits that end a run before it has caught up. The next run continues where this one ended. */
export interface RunBounds {
  readonly signal?: AbortSignal
  /** Maximum of answered requests. 1000 by default. */
  readonly maxPages?: number
  /** Maximum time in milliseconds. 600,000 by default. */
  readonly maxMs?: number
}

/** A page whose rows and cursor are committed. */
export interface FollowedPage {
  readonly rows: readonly FeedRow[]
  readonly complete: boolean
  /** True: part of a full read; its last page removes rows no longer in the feed. */
  readonly full: boolean
  /** How long the run then waits. 0: it continues at once, or has ended. More: there are no rows yet, so you may end it. */
  readonly waitMs: number
}

export interface RunReport {
  readonly pages: number
  readonly rows: number
  /** False: a limit ended the run. */
  readonly complete: boolean
}

/** Follows one feed into one store. */
export interface FollowedFeed {
  /** Yields each page after its commit, until the feed is caught up or a limit is reached. Throws FeedError. */
  pages(bounds?: RunBounds): AsyncGenerator<FollowedPage, void, undefined>
  /** Reads until the feed is caught up or a limit is reached. Throws FeedError. */
  run(bounds?: RunBounds): Promise<RunReport>
  /** Makes the next run read the feed in full and then remove rows no longer in it. */
  readAgain(): Promise<void>
}

const RETRY: RetryOptions = { attempts: 8, firstMs: 500, mostMs: 30_000 }
const BEGINNING: FeedState = { cursor: null, etag: null, complete: false, round: 1, full: true }
/** Wait if the API does not say how long to wait. */
const WAIT_MS = 1_000

export function followFeed(options: FeedOptions): FollowedFeed {
  const { store } = options
  const url = urlOf(options)
  const beginAgain = async ({ round }: Pick<FeedState, 'round'>): Promise<FeedState> => {
    const next = { ...BEGINNING, url, round: round + 1 }
    await store.commit({ rows: [], state: next, removeBefore: null })
    return next
  }
  /** The cursor of another feed, or of other sources, would leave the copy incomplete. */
  const begin = async (): Promise<FeedState> => {
    const stored = (await store.load()) ?? BEGINNING
    if (stored.url === undefined || stored.url === url) return { ...stored, url }
    if (options.onExpired !== 'throw') return await beginAgain(stored)
    throw new FeedError('cursor_expired', `the copy is of ${stored.url}, not of ${url}: read the feed in full`)
  }

  async function* pages({ signal, maxPages = 1_000, maxMs = 600_000 }: RunBounds = {}) {
    const endsAt = Date.now() + maxMs
    let state = await begin()
    for (let count = 0; count < maxPages && Date.now() < endsAt; count += 1) {
      const answer = await askRepeatedly(options, state, { signal, endsAt })
      if (answer === 'expired') {
        state = await beginAgain(state)
        continue
      }
      if (answer === null) {
        yield { rows: [], complete: true, full: false, waitMs: 0 }
        return
      }
      const next = stateAfter(state, answer)
      const removeBefore = state.full && answer.complete ? state.round : null
      if (answer.items.length > 0 || differs(state, next)) {
        await store.commit({ rows: answer.items, state: next, removeBefore })
      }
      const waitMs = waitAfter(answer)
      yield { rows: answer.items, complete: answer.complete, full: state.full, waitMs }
      if (answer.complete) return
      state = next
      if (waitMs === 0) continue
      if (Date.now() + waitMs >= endsAt) return
      await sleep(waitMs, signal)
    }
  }

  return {
    pages,
    async run(bounds) {
      const report = { pages: 0, rows: 0, complete: false }
      for await (const { rows, complete } of pages(bounds)) {
        report.pages += 1
        report.rows += rows.length
        report.complete = complete
      }
      return report
    },
    async readAgain() {
      await beginAgain((await store.load()) ?? { round: 0 })
    },
  }
}

function stateAfter(state: FeedState, { cursor, etag, complete }: Page): FeedState {
  return { ...state, cursor, etag, complete, full: state.full && !complete }
}

/** 0 without rows: all rows of the page are hidden from this reader. */
function waitAfter({ items, complete, retryAfterMs }: Page): number {
  return complete || items.length > 0 ? 0 : (retryAfterMs ?? WAIT_MS)
}

function differs(a: FeedState, b: FeedState): boolean {
  return a.cursor !== b.cursor || a.etag !== b.etag || a.complete !== b.complete || a.full !== b.full
}

interface Limits {
  readonly signal: AbortSignal | undefined
  /** Milliseconds since the epoch. */
  readonly endsAt: number
}

/** The answer; null: no changes. Retries transient failures within the time of the run. */
async function askRepeatedly(
  options: FeedOptions,
  state: FeedState,
  { signal, endsAt }: Limits,
): Promise<Page | 'expired' | null> {
  const { attempts, firstMs, mostMs } = { ...RETRY, ...options.retry }
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await fetchPage({
        url: pageUrl(options, state),
        key: options.key ?? null,
        // The stored ETag is valid for the next poll only if the last answer was caught up.
        etag: state.complete ? state.etag : null,
        timeoutMs: options.timeoutMs ?? 30_000,
        signal,
        fetch: options.fetch ?? fetch,
      })
    } catch (error) {
      if (!(error instanceof FeedError)) throw error
      if (error.code === 'cursor_expired' && options.onExpired !== 'throw') return 'expired'
      const backOffMs = Math.min(mostMs, firstMs * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2)
      const waitMs = Math.max(backOffMs, error.retryAfterMs ?? 0)
      if (!error.transient || attempt >= attempts || Date.now() + waitMs >= endsAt) throw error
      await sleep(waitMs, signal)
    }
  }
}

/** URL of the feed: what the options say about its rows. */
function urlOf({ api, feed, connection, source }: FeedOptions): string {
  const url = new URL(`${api.replace(/\/+$/, '')}/v1/feeds/${encodeURIComponent(feed)}`)
  url.searchParams.set('connection', connection)
  if (source !== undefined) url.searchParams.set('source', source)
  return url.href
}

function pageUrl(options: FeedOptions, { cursor }: FeedState): URL {
  const url = new URL(urlOf(options))
  url.searchParams.set('limit', String(options.limit ?? 500))
  if (cursor !== null) url.searchParams.set('cursor', cursor)
  return url
}
