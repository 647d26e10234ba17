import type { UniversalInventoryChanged } from '../../../src/events/generated/events.ts'
import type { Tables } from '../../../src/platform/dynamodb/tables.ts'
import type { Decoded } from '../../../src/platform/runtime/stage.ts'
import type { FeedRow } from '../../../src/projections/feed-row.ts'
import { readMeta, toRow } from '../../../src/projections/feed-table.ts'
import { inventoryFeed } from '../../../src/projections/inventory-feed.ts'
import { type FeedFilter, type FeedPlaces, isComplete, readFeed } from '../../../src/projections/read-feed.ts'
import { feedStage } from '../../../src/projections/run-projection.ts'
import { projectionTables } from '../../../src/projections/tables.ts'
import { inventoryChanged } from '../../data/feed-events.ts'
import { memoryTables } from '../../memory/tables.ts'
import { batchContext, decoded, memoryReporter, silentLogger } from '../../worlds/stage-context.ts'

export const SHARDS = 2
export const SETTLE_MS = 100
const TABLE = inventoryFeed.table
const SOURCES = ['erp', 'images']
type Entry = Decoded<'universal-inventory'>

/** What a reader holds: by source and SKU. */
type Replica = Map<string, { readonly data: unknown; readonly deleted: boolean }>

class Crash extends Error {}

/** A log, its projector, the table and readers, in a time of their own. */
export class FeedModel {
  now = 1_000_000
  readonly #logs: Entry[][] = Array.from({ length: SHARDS }, () => [])
  readonly #committed: number[] = Array.from({ length: SHARDS }, () => 0)
  readonly #tables = memoryTables(projectionTables)
  readonly follower: Replica = new Map()
  readonly slots: Replica = new Map()
  #places: FeedPlaces = {}
  #slot = { from: 0, to: 1_000_050, places: {} as FeedPlaces }

  pass(ms: number): void {
    this.now += ms
  }

  /** Appends a change of one of a few keys; `late` is how far the broker's time lies behind. */
  append(change: { key: number; version: number; content: number; deleted: boolean; late: number }): void {
    const { key, version, content, deleted, late } = change
    const source = SOURCES[key % SOURCES.length] ?? ''
    const shard = Math.trunc(key / SOURCES.length) % SHARDS
    // Equal versions have equal content: what a source says of one moment.
    const head = {
      sku: `S-${key}`,
      source,
      occurredAt: version,
      readAt: version,
      deleted: deleted && version % 2 === 0,
    }
    const event: UniversalInventoryChanged = inventoryChanged(head, String((content + version) % 3))
    const known = this.#logs.flat().find(({ event: { key: sku, readAt } }) => sku === event.key && readAt === version)
    const log = this.#logs[shard] ?? []
    const timestamp = this.now - late
    log.push(decoded<'universal-inventory'>(known?.event ?? event, { offset: log.length, timestamp, partition: shard }))
  }

  /** Hands over a batch, perhaps from before what was committed; it may crash after some writes. */
  async project(shard: number, size: number, back: number, writes: number): Promise<void> {
    const log = this.#logs[shard] ?? []
    const begin = Math.max((this.#committed[shard] ?? 0) - back, 0)
    const batch = log.slice(begin, begin + size)
    if (batch.length === 0) return
    try {
      await stageOf(crashingAfter(this.#tables, writes)).handle(batch, batchContext(shard).context)
      this.#committed[shard] = Math.max(this.#committed[shard] ?? 0, begin + batch.length)
    } catch (error) {
      if (!(error instanceof Crash)) throw error
    }
  }

  async idle(shard: number): Promise<void> {
    if ((this.#committed[shard] ?? 0) < (this.#logs[shard] ?? []).length) return
    await stageOf(this.#tables).onIdle?.([shard], 'universal-inventory', this.now)
  }

  /** One page of the reader that follows the cursor; true: complete. */
  async follow(limit: number): Promise<boolean> {
    const filter = { connection: 'shop-vendor', sources: null, from: null, to: null }
    const { complete, places } = await this.#read(this.follower, filter, this.#places, limit)
    this.#places = places
    return complete
  }

  /** One page of the reader by timeslots; true: its slot was complete and it goes on to the next. */
  async readSlot(limit: number): Promise<boolean> {
    const { from, to } = this.#slot
    const filter = { connection: 'shop-vendor', sources: null, from, to }
    const { complete, places } = await this.#read(this.slots, filter, this.#slot.places, limit)
    this.#slot = complete ? { from: to, to: to + 50, places: {} } : { from, to, places }
    return complete
  }

  get slotsReadTo(): number {
    return this.#slot.from
  }

  async #read(replica: Replica, filter: FeedFilter, places: FeedPlaces, limit: number) {
    const meta = await readMeta(this.#tables, inventoryFeed)
    const page = await readFeed(
      { tables: this.#tables, feed: inventoryFeed, meta, shards: SHARDS },
      filter,
      places,
      limit,
    )
    for (const { source, key, data, deleted } of page.rows) replica.set(`${source} ${key}`, { data, deleted })
    return { complete: isComplete(page, filter, this.now, SETTLE_MS), places: page.places }
  }

  /** Everything appended is projected, and every reader reads to the end. */
  async settle(): Promise<void> {
    for (let shard = 0; shard < SHARDS; shard += 1) await this.project(shard, 1000, 0, Number.POSITIVE_INFINITY)
    this.now += 1000
    for (let shard = 0; shard < SHARDS; shard += 1) await this.idle(shard)
    while (!(await this.follow(3)));
    while (this.slotsReadTo < this.now - 200) await this.readSlot(3)
  }

  async rows(): Promise<FeedRow[]> {
    const items = []
    for await (const page of this.#tables.scan(TABLE)) items.push(...page)
    return items
      .filter((item) => item['pk'] !== 'meta')
      .map((item) => toRow(inventoryFeed, item))
      .toSorted(byKey)
  }

  /** The table as one fold of the whole log, event by event, would make it. */
  expectedRows(): FeedRow[] {
    const rows = new Map<string, FeedRow>()
    for (const log of this.#logs) {
      let time = 0
      for (const { event, record } of log) {
        time = Math.max(time, record.timestamp)
        const position = { time, offset: record.offset }
        rows.set(event.key, inventoryFeed.evolve(rows.get(event.key), event, position))
      }
    }
    return [...rows.values()].toSorted(byKey)
  }
}

/** A replica of these rows. */
export function replicaOf(rows: readonly FeedRow[]): Replica {
  return new Map(rows.map(({ source, key, data, deleted }) => [`${source} ${key}`, { data, deleted }]))
}

function byKey(a: FeedRow, b: FeedRow): number {
  return a.key < b.key ? -1 : 1
}

function stageOf(tables: Tables) {
  const deps = {
    tables,
    reporter: memoryReporter(),
    clock: { now: () => 0 },
    settleMs: SETTLE_MS,
    logger: silentLogger,
  }
  return feedStage(inventoryFeed, deps)
}

/** Tables that fail every write after the first `writes`. */
function crashingAfter(tables: Tables, writes: number): Tables {
  let left = writes
  const count = () => {
    left -= 1
    if (left < 0) throw new Crash()
  }
  return {
    ...tables,
    put: async (...args) => {
      count()
      return await tables.put(...args)
    },
    update: async (...args) => {
      count()
      return await tables.update(...args)
    },
  }
}
