import type { DatabaseSync } from 'node:sqlite'
import { readCatalog } from '../catalog/read-catalog.ts'
import { seededTime } from '../harness/clock.ts'
import { createRandom } from '../harness/random.ts'

/** One line of the feed. `role` is empty or role names joined by `|`. */
export interface ImageRow {
  sku: string
  url: string
  position: number
  label: string
  role: string
}

/** Owner of the feed's images, and the seed of its times. */
export interface FeedSeedOptions {
  catalogFile: string
  /** SKUs of the vendor's products. */
  vendorPattern: RegExp
  seed: number
}

/** The rows of the feed and when they last changed. */
export interface FeedStore {
  isSeeded(): boolean
  /** Recreates the feed from the catalog. @throws CatalogError */
  seed(options: FeedSeedOptions): void
  /** By SKU, then position. */
  rows(): ImageRow[]
  hasUrl(url: string): boolean
  changedAt(): Date
  upsert(row: ImageRow, at: Date): void
  /** Number of removed rows of the SKU. */
  remove(sku: string, at: Date): number
  /** The port that it was last served on; 0: none yet. */
  port(): number
  rememberPort(port: number): void
}

export function createFeedStore(database: DatabaseSync): FeedStore {
  const insert = database.prepare(
    'INSERT OR REPLACE INTO sim_image (sku, url, position, label, role) VALUES (?, ?, ?, ?, ?)',
  )
  const feed = () => database.prepare('SELECT changed_at, port FROM sim_feed').get()
  const touch = (at: Date) => database.prepare('UPDATE sim_feed SET changed_at = ?').run(at.getTime())
  const write = ({ sku, url, position, label, role }: ImageRow) => insert.run(sku, url, position, label, role)
  return {
    isSeeded: () => feed() !== undefined,
    seed(options) {
      const changedAt = seededTime(createRandom(options.seed, 'image-feed'), 14).getTime()
      const rows = catalogRows(options)
      database.exec('DELETE FROM sim_image')
      for (const row of rows) write(row)
      database
        .prepare(`INSERT INTO sim_feed (id, changed_at) VALUES (1, ?)
          ON CONFLICT (id) DO UPDATE SET changed_at = excluded.changed_at`)
        .run(changedAt)
    },
    rows: () =>
      database
        .prepare('SELECT * FROM sim_image ORDER BY sku, position, url')
        .all()
        .map((row) => ({
          sku: String(row['sku']),
          url: String(row['url']),
          position: Number(row['position']),
          label: String(row['label']),
          role: String(row['role']),
        })),
    hasUrl: (url) => database.prepare('SELECT 1 FROM sim_image WHERE url = ? LIMIT 1').get(url) !== undefined,
    changedAt: () => new Date(Number(feed()?.['changed_at'])),
    upsert(row, at) {
      write(row)
      touch(at)
    },
    remove(sku, at) {
      const { changes } = database.prepare('DELETE FROM sim_image WHERE sku = ?').run(sku)
      if (changes > 0) touch(at)
      return Number(changes)
    },
    port: () => Number(feed()?.['port'] ?? 0),
    rememberPort: (port) => {
      database.prepare('UPDATE sim_feed SET port = ?').run(port)
    },
  }
}

function catalogRows({ catalogFile, vendorPattern }: FeedSeedOptions): ImageRow[] {
  const pattern = new RegExp(vendorPattern.source, vendorPattern.flags.replace(/[gy]/g, ''))
  return readCatalog(catalogFile)
    .products.filter(({ sku }) => pattern.test(sku))
    .flatMap(({ sku, images }) =>
      images.map(({ file, label, roles }, index) => {
        return { sku, url: `/images${file}`, position: index + 1, label, role: roles.join('|') }
      }),
    )
}
