import type { FeedRow } from '../../src/projections/feed-row.ts'
import { readMeta } from '../../src/projections/feed-table.ts'
import { inventoryFeed } from '../../src/projections/inventory-feed.ts'
import { type FeedFilter, type FeedPlaces, isComplete, readFeed } from '../../src/projections/read-feed.ts'
import { configuration } from './configuration.ts'
import { SeededRandom } from './seeded-random.ts'
import { FEED_SETTLE_MS } from './worker.ts'
import type { World } from './world.ts'

/** A shop that follows the cursor of its feed, and keeps what it is given. */
export class FeedReader {
  readonly connection: string
  /** By source and SKU. */
  readonly replica = new Map<string, FeedRow>()
  /** Virtual time of the last poll that said it had caught up; null: none did. */
  completeAt: number | null = null
  readonly #world: World
  readonly #random: SeededRandom
  #places: FeedPlaces = {}
  #generation = 1

  constructor(world: World, connection: string, stream: number) {
    this.#world = world
    this.connection = connection
    this.#random = new SeededRandom(world.plan.seed, stream)
  }

  async follow(): Promise<never> {
    const process = this.#world.process('reader')
    const { tables } = this.#world.portsOf(process)
    for (;;) {
      await process.clock.sleep(this.#random.int(200, 4_000))
      await this.#poll(tables).catch(() => undefined)
    }
  }

  /** Its cursor is expired (410): what it holds is replaced. */
  #beginAgain(generation: number): void {
    this.#generation = generation
    this.#places = {}
    this.replica.clear()
  }

  async #poll(tables: ReturnType<World['portsOf']>['tables']): Promise<void> {
    const askedAt = this.#world.now
    const filter: FeedFilter = { connection: this.connection, sources: null, from: null, to: null }
    for (;;) {
      const read = await readMeta(tables, inventoryFeed)
      const meta = this.#world.guard?.meta?.(read) ?? read
      if (meta.generation !== this.#generation) this.#beginAgain(meta.generation)
      const request = { tables, feed: inventoryFeed, meta, shards: this.#world.plan.partitions }
      const page = await readFeed(request, filter, this.#places, this.#random.int(1, 4))
      this.#places = page.places
      for (const row of page.rows) this.replica.set(`${row.source} ${row.key}`, row)
      if (page.exhausted) {
        if (isComplete(page, filter, askedAt, FEED_SETTLE_MS)) this.completeAt = askedAt
        return
      }
    }
  }
}

export function feedReaders(world: World): readonly FeedReader[] {
  return configuration.connections.map(({ id }, index) => new FeedReader(world, id, 10 + index))
}
