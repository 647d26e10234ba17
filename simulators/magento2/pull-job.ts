import { setTimeout as delay } from 'node:timers/promises'
import { applyImagesRow } from './apply-images-row.ts'
import { applyInventoryRow } from './apply-inventory-row.ts'
import { applyProductRow } from './apply-product-row.ts'
import {
  CursorExpired,
  type FeedAddress,
  type FeedName,
  type FeedPage,
  feedNames,
  fetchFeedPage,
} from './feed-client.ts'
import type { Shop } from './shop.ts'

/** Result of pulling one feed in one way. Not `complete`: the feed was still behind, or `error` says why. */
export interface PullCounts {
  rows: number
  changed: number
  complete: boolean
  error?: string
  /** Rows that could not be written, the first twenty. */
  failed?: { sku: string; message: string }[]
}

/** Result of one run of the job. */
export type PullReport = { at: string } & Record<FeedName, { cursor: PullCounts; timeslot: PullCounts }>

/** The shop's scheduled job, as a module installed in it would run it. */
export interface PullJob {
  setFeed(feed: FeedAddress): void
  /** Waits for a running run to end, then runs. @throws Error when the feed's address is not set */
  pull(): Promise<PullReport>
  /** The last fifty reports, oldest first. */
  reports(): PullReport[]
  busy(): boolean
  /** Stops a running run and waits for its end. */
  stop(): Promise<void>
}

const pageLimit = '200'
const waitsAtMost = 30

/** `ownMedia`: every address that the shop's own images ever had. */
export function createPullJob(shop: Shop, ownMedia: () => readonly string[], initial?: FeedAddress): PullJob {
  const stopped = new AbortController()
  const reports: PullReport[] = []
  let feed = initial
  let running: Promise<unknown> = Promise.resolve()
  let waiting = 0

  const run = async (): Promise<PullReport> => {
    const { api, connection } = feed ?? {}
    if (api === undefined || connection === undefined) {
      throw new Error('There is no feed to pull from: POST {"api", "connection"} to /_sim/feed first.')
    }
    const address = { ...feed, api, connection }
    const puller = { shop, address, ownMedia: ownMedia(), signal: stopped.signal }
    const counts: [FeedName, PullReport[FeedName]][] = []
    for (const name of feedNames) {
      counts.push([name, { cursor: await followCursor(puller, name), timeslot: await pullSlot(puller, name) }])
    }
    const report = { at: shop.clock.now().toISOString(), ...Object.fromEntries(counts) } as PullReport
    reports.push(report)
    reports.splice(0, reports.length - 50)
    return report
  }
  return {
    setFeed(next) {
      feed = next
    },
    pull() {
      waiting += 1
      const next = running.then(run).finally(() => {
        waiting -= 1
      })
      running = next.catch(() => undefined)
      return next
    },
    reports: () => [...reports],
    busy: () => waiting > 0,
    async stop() {
      stopped.abort()
      await running
    },
  }
}

interface Puller {
  shop: Shop
  address: FeedAddress & { api: string }
  ownMedia: readonly string[]
  signal: AbortSignal
}

/** Pulls everything after the stored cursor. The cursor is stored together with its rows. */
async function followCursor(puller: Puller, name: FeedName): Promise<PullCounts> {
  const { store } = puller.shop
  const key = `cursor ${puller.address.connection} ${name}`
  const counts: PullCounts = { rows: 0, changed: 0, complete: false }
  const keep = (cursor: string) => store.setSetting(key, cursor)
  const begin = () => ({ cursor: store.setting(key) ?? '' })
  try {
    await followPages(puller, name, counts, begin(), keep)
  } catch (error) {
    if (!(error instanceof CursorExpired)) return { ...counts, error: String(error) }
    keep('')
    await followPages(puller, name, counts, {}, keep).catch((again: unknown) => {
      counts.error = String(again)
    })
  }
  return counts
}

/** Pulls everything that changed since the end of the last slot. */
async function pullSlot(puller: Puller, name: FeedName): Promise<PullCounts> {
  const { store } = puller.shop
  const key = `slot ${puller.address.connection} ${name}`
  const counts: PullCounts = { rows: 0, changed: 0, complete: false }
  const slot = { updated_from: store.setting(key) ?? new Date(0).toISOString(), updated_to: new Date().toISOString() }
  try {
    await followPages(puller, name, counts, slot, () => undefined)
    if (counts.complete) store.setSetting(key, slot.updated_to)
  } catch (error) {
    counts.error = String(error)
  }
  return counts
}

async function followPages(
  puller: Puller,
  name: FeedName,
  counts: PullCounts,
  begin: Record<string, string>,
  keep: (cursor: string) => void,
): Promise<void> {
  const { cursor: first, ...slot } = begin
  let cursor = first ?? ''
  for (let waits = 0; waits < waitsAtMost; ) {
    const query = { ...slot, limit: pageLimit, ...(cursor === '' ? {} : { cursor }) }
    const page = await fetchFeedPage(puller.address, name, query, puller.signal)
    puller.shop.store.transaction(() => {
      applyPage(puller, name, page, counts)
      if (page.cursor !== cursor) keep(page.cursor)
    })
    cursor = page.cursor
    counts.complete = page.complete
    if (page.complete) return
    if (page.items.length > 0) continue
    waits += 1
    await delay(Math.min(page.retryAfter, 5) * 1000, undefined, { signal: puller.signal })
  }
}

function applyPage({ shop, ownMedia }: Puller, name: FeedName, page: FeedPage, counts: PullCounts): void {
  const apply = {
    products: applyProductRow,
    inventory: applyInventoryRow,
    images: (target: Shop, row: FeedPage['items'][number]) => applyImagesRow(target, row, ownMedia),
  }[name]
  for (const row of page.items) {
    counts.rows += 1
    try {
      if (apply(shop, row)) counts.changed += 1
    } catch (error) {
      counts.failed = [...(counts.failed ?? []), { sku: row.sku, message: String(error) }].slice(0, 20)
    }
  }
}
