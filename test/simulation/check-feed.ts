import { text8 } from '../../src/events/decimal.ts'
import type { Inventory } from '../../src/events/generated/events.ts'
import { contentDigest } from '../../src/events/identity.ts'
import { compareVersions } from '../../src/events/version.ts'
import type { Item } from '../../src/platform/dynamodb/tables.ts'
import { readMeta } from '../../src/projections/feed-table.ts'
import { inventoryFeed } from '../../src/projections/inventory-feed.ts'
import { wireOf } from '../../src/systems/kit/wire.ts'
import { eventsOf } from './check-cut-date.ts'
import { configuration, ERP } from './configuration.ts'
import type { FeedReader } from './feed-reader.ts'
import type { SourceState } from './sim-source.ts'
import type { World } from './world.ts'

/** The feed's rows of a generation, the live one by default, by `connection source sku`. */
async function feedRows(world: World, made?: number): Promise<ReadonlyMap<string, Item>> {
  const generation = made ?? (await readMeta(world.tables, inventoryFeed)).generation
  const items = (await Array.fromAsync(world.tables.scan(inventoryFeed.table))).flat()
  const rows = items.filter(({ pk }) => String(pk).startsWith(`${generation}#`))
  return new Map(rows.map((row) => [`${row['connection']} ${row['source']} ${row['sku']}`, row]))
}

/** The newest state of every SKU is in the topic, and in the feed of whoever owns it and of no other (2, 4). */
export async function checkFeed(world: World): Promise<void> {
  const rows = await feedRows(world)
  const events = await eventsOf(world, 'inventory')
  for (const state of world.stock.newest()) {
    // Of one that can't be read the feed keeps what it had.
    if (state.data === null) continue
    const { key, deleted, data } = state
    const newest = (events.get(key) ?? []).toSorted(compareVersions).at(-1)
    if (newest?.contentDigest !== contentDigest({ deleted, data })) {
      world.broken(2, `the newest state of SKU ${key} is not the newest in the topic`)
      continue
    }
    for (const { id, ownership } of configuration.connections) {
      const row = rows.get(`${id} ${ERP} ${key}`)
      if ('skuPattern' in ownership && new RegExp(ownership.skuPattern).test(key)) checkRow(world, id, state, data, row)
      else if (row !== undefined) world.broken(7, `the feed of ${id} has ${key}, which is another vendor's`)
    }
  }
}

function checkRow(
  world: World,
  connection: string,
  { key, deleted }: SourceState<'inventory'>,
  { locations }: Inventory,
  row: Item | undefined,
): void {
  const levels = locations.map(({ location, onHand, available }) => {
    return { location, on_hand: text8(onHand), available: text8(available) }
  })
  const total = levels[0]?.available ?? '0'
  const wanted = JSON.stringify({ total, in_stock: total !== '0', locations: levels })
  const { claims: _, ...level } = wireOf(row?.['data'])
  const has = JSON.stringify(level)
  if (row === undefined) world.broken(2, `the feed of ${connection} has no row of ${key}`)
  else if (has !== wanted || row['deleted'] !== deleted) {
    world.broken(
      4,
      `the feed of ${connection} has ${key}: ${has} deleted ${row['deleted']}; it is to be ${wanted} ${deleted}`,
    )
  }
}

/** Guarantee 8: who followed the cursor has the table. */
export async function checkReader(world: World, { connection, replica }: FeedReader): Promise<void> {
  for (const [id, row] of await feedRows(world)) {
    if (row['connection'] !== connection) continue
    const seen = replica.get(`${row['source']} ${row['sku']}`)
    if (seen?.digest === row['digest'] && seen?.deleted === row['deleted']) continue
    world.broken(
      8,
      `the reader has of ${id} what was there at ${seen?.position ?? 'no time'}; it changed at ${row['position']}`,
    )
  }
}

/** Guarantee 9: a rebuild has the same rows at the same positions. */
export async function checkRebuild(world: World, generation: number): Promise<void> {
  const [live, rebuilt] = [await feedRows(world), await feedRows(world, generation)]
  const telling = (row: Item | undefined) => {
    return row === undefined
      ? 'nothing'
      : JSON.stringify([row['position'], row['rank'], row['digest'], row['deleted'], row['data']])
  }
  for (const id of new Set([...live.keys(), ...rebuilt.keys()])) {
    const [was, is] = [telling(live.get(id)), telling(rebuilt.get(id))]
    if (was !== is) world.broken(9, `the row of ${id} is ${was}; a rebuild makes it ${is}`)
  }
}
