import { decimal8, sum } from '../../../src/events/decimal.ts'
import { recordKey, type TopicEvents, type UniversalKind } from '../../../src/events/topics.ts'
import type { Tables } from '../../../src/platform/dynamodb/tables.ts'
import { partitionOfKey } from '../../../src/platform/kafka/partition-of-key.ts'
import { addPairs, writeRow } from '../../../src/projections/feed-table.ts'
import { feeds } from '../../../src/projections/feeds.ts'
import { imageFeed } from '../../../src/projections/image-feed.ts'
import { inventoryFeed } from '../../../src/projections/inventory-feed.ts'
import { productFeed } from '../../../src/projections/product-feed.ts'
import type { Feed } from '../../../src/projections/projection.ts'
import { imagesChanged, inventoryChanged, productsChanged } from '../../data/feed-events.ts'
import { SHARDS } from '../api-fixture.ts'
import type { readableTopics } from '../problem-orders.ts'
import { goods } from './goods.ts'

const CONNECTION = 'outdoor-nordwand'
const VENDOR = 'nordwand'
/** Offsets before those of the rows as they are. */
export const HISTORY = 24

const HOUR = 3_600_000
/** In the warehouse and in the store, and how many hours ago. */
const levels: readonly (readonly [hours: number, warehouse: string, store: string])[] = [
  [410, '60', '2'],
  [290, '57', '2'],
  [170, '31', '4'],
  [122, '31', '2'],
  [96, '22', '2'],
  [71, '60', '2'],
  [50, '58', '2'],
  [30, '58', '4'],
  [22, '55', '4'],
  [18.5, '49', '4'],
  [15, '49', '1'],
  [11.2, '44', '1'],
  [7.4, '40', '5'],
  [4.1, '42', '4'],
  [1.3, '39', '3'],
]

/** What happened to the first of the goods: its stock by location, a price, a colour, a picture. */
export async function addHistory(
  tables: Tables,
  { codec, put }: ReturnType<typeof readableTopics>,
  now: number,
): Promise<void> {
  const sku = goods[0]?.sku ?? ''
  const key = recordKey(CONNECTION, VENDOR, sku)
  const head = (hours: number, read: string) => ({
    connection: CONNECTION,
    source: VENDOR,
    sku,
    occurredAt: now - hours * HOUR - 60_000,
    readAt: now - hours * HOUR - 4_000,
    taskId: `nordwand.${read}.all.${Math.floor(hours)}`,
  })
  const at = (hours: number) => ({ key, time: now - hours * HOUR })
  for (const [index, [hours, warehouse, store]] of levels.entries()) {
    const event = stockOf(head(hours, 'inventory'), { 'East warehouse': warehouse, 'Store Bern': store })
    put('t.universal-inventory', index, codec.encode('universal-inventory', event), at(hours))
  }
  const attributes = { name: 'Alpine shell jacket, M', price: '199.00', status: 1, weight: '0.3' }
  const products = [
    productsChanged(head(410, 'products'), attributes),
    productsChanged(head(75, 'products'), { ...attributes, color: 'Slate', manufacturer: 'Nordwand' }),
    productsChanged(
      { ...head(9, 'products'), mappingRevision: 2 },
      {
        ...attributes,
        price: '189.00',
        color: 'Slate grey',
        manufacturer: 'Nordwand',
      },
    ),
  ]
  for (const [index, event] of products.entries()) {
    const time = [410, 75, 9][index] ?? 0
    put('t.universal-products', index, codec.encode('universal-products', event), at(time))
  }
  const images = imagesChanged(head(26, 'images'), `https://pictures.example/${sku.toLowerCase()}.jpg`)
  put('t.universal-images', 0, codec.encode('universal-images', images), at(26))
  for (const feed of feeds) await addPairs(tables, feed, [`${CONNECTION}|${VENDOR}`])
  const write = async <K extends UniversalKind>(feed: Feed<K>, event: TopicEvents[K], hours: number) => {
    const shard = { generation: 1, connection: CONNECTION, source: VENDOR, shard: partitionOfKey(key, SHARDS) }
    const position = { time: now - hours * HOUR, offset: 0n }
    await writeRow(tables, feed, shard, feed.evolve(undefined, event, position))
  }
  const [, , product] = products
  if (product !== undefined) await write(productFeed, product, 9)
  await write(imageFeed, images, 26)
  await write(inventoryFeed, inventoryChanged(head(1.3, 'inventory'), '42'), 1.3)
}

/** A row of the feed of stock with several locations. */
function stockOf(head: Parameters<typeof inventoryChanged>[0], available: Readonly<Record<string, string>>) {
  const locations = Object.entries(available).map(([location, text]) => {
    const level = decimal8(text, 'available')
    return { location, onHand: level, available: level }
  })
  const total = sum(locations.map((one) => one.available))
  const { data, ...event } = inventoryChanged(head, '1')
  return { ...event, data: { ...data, total, inStock: total > 0n, locations } }
}
