import { bySku, bySourceAndSku, followFeed } from '../../clients/typescript/client.ts'
import type { PullSettings } from './pull-settings.ts'
import { WrongConfiguration } from './pull-settings.ts'
import type { RowWriter, WriteTarget } from './row-writer.ts'
import { type RowResult, rowFailed, type StagedRow, skuOf } from './staged-row.ts'
import { beginRow, disablingRow, endRow, nextRows, stagingStore, writeAgain } from './staged-rows.ts'
import { writeImages } from './write-images.ts'
import { writePrices } from './write-prices.ts'
import { writeProducts } from './write-products.ts'
import { writeStock } from './write-stock.ts'

/** Where the shop pulls from. */
export interface FeedAddress {
  /** The API's address, without `/v1`. Absent until it is known: the shop does not pull then. */
  api?: string
  connection: string
  /** Sent as bearer token. */
  token?: string
}

/** The feeds that the module pulls. */
export const feedNames = ['products', 'inventory', 'prices', 'images'] as const
export type FeedName = (typeof feedNames)[number]

const writers: Readonly<Record<FeedName, RowWriter>> = {
  products: writeProducts,
  inventory: writeStock,
  prices: writePrices,
  images: writeImages,
}

/** Result of pulling one feed. Not `complete`: the feed was still behind, a bound was reached, or `error` says why. */
export interface PullCounts {
  pages: number
  read: number
  complete: boolean
  written: number
  failed: number
  error?: string
  /** Rows that could not be written, the first twenty. */
  failures?: { sku: string; message: string }[]
}

export interface Pull extends WriteTarget {
  readonly address: FeedAddress & { api: string }
  /** Reads the feed in full, and writes all its rows again. */
  readonly again: boolean
}

/**
 * One pull, as the module's (`Model/PullFeed.php`): reads a feed into the staging table, and writes what is new to the
 * shop. Both continue where the last pull ended, however it ended, and end at the bounds of the settings.
 */
export async function pullFeed(pull: Pull, name: FeedName): Promise<PullCounts> {
  const counts: PullCounts = { pages: 0, read: 0, complete: false, written: 0, failed: 0 }
  const endsAt = Date.now() + pull.settings.seconds * 1000
  try {
    await read(pull, name, counts)
  } catch (error) {
    counts.error = messageOf(error)
  }
  // Staged rows are written also when no more can be read.
  try {
    await write(pull, name, counts, endsAt)
  } catch (error) {
    counts.error ??= messageOf(error)
  }
  return counts
}

const feedOf = ({ address }: Pull, name: FeedName): string => `${address.connection}/${name}`

async function read(pull: Pull, name: FeedName, counts: PullCounts): Promise<void> {
  const { address, again, settings, shop, signal } = pull
  const feed = feedOf(pull, name)
  const follower = followFeed({
    api: address.api,
    ...(address.token === undefined ? {} : { key: address.token }),
    feed: name,
    connection: address.connection,
    limit: Math.min(1000, settings.pageRows),
    // Several feeds of images may have pictures of one product.
    store: stagingStore(shop.store, feed, name === 'images' ? bySourceAndSku : bySku),
  })
  if (again) {
    writeAgain(shop.store, feed)
    await follower.readAgain()
  }
  // Half of the run: the rest is for writing.
  const bounds = { maxPages: settings.pages, maxMs: (settings.seconds * 1000) / 2, signal }
  for await (const { rows, complete, waitMs } of follower.pages(bounds)) {
    counts.pages += 1
    counts.read += rows.length
    counts.complete = complete
    if (waitMs > 0) return
  }
}

async function write(pull: Pull, name: FeedName, counts: PullCounts, endsAt: number): Promise<void> {
  const { settings, shop, signal } = pull
  while (Date.now() < endsAt) {
    signal.throwIfAborted()
    const rows = nextRows(shop.store, feedOf(pull, name), batchRows(settings), seconds(pull))
    if (rows.length === 0) return
    const ended = new Set<string>()
    const end = (row: StagedRow, result: RowResult) => {
      ended.add(row.key)
      endRow(shop.store, row, result, seconds(pull))
      count(counts, row, result)
    }
    const endOthers = (message: string) => {
      for (const row of rows) if (!ended.has(row.key)) end(row, rowFailed(message))
    }
    try {
      await writers[name](pull, rows, {
        begin: (begun) => {
          for (const row of begun) beginRow(shop.store, row, seconds(pull))
        },
        disabling: (row) => disablingRow(shop.store, row),
        end,
      })
    } catch (error) {
      // Else the same rows came first with the next run, and broke it too.
      if (!(error instanceof WrongConfiguration) && !signal.aborted) endOthers(messageOf(error))
      throw error
    }
    endOthers('the writer gave no result for this row')
  }
}

const batchRows = ({ batchRows: rows }: PullSettings): number => Math.max(1, rows)

const seconds = ({ shop }: Pull): number => Math.floor(shop.clock.now().getTime() / 1000)

function count(counts: PullCounts, row: StagedRow, { error }: RowResult): void {
  if (error === null) {
    counts.written += 1
    return
  }
  counts.failed += 1
  counts.failures = [...(counts.failures ?? []), { sku: skuOf(row), message: error }].slice(0, 20)
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
