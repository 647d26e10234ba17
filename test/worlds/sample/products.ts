import { decimal8 } from '../../../src/events/decimal.ts'
import type { Tables } from '../../../src/platform/dynamodb/tables.ts'
import { imagesChanged, inventoryChanged, productsChanged } from '../../data/feed-events.ts'
import { productChanged, inventoryChanged as stockRead } from '../../data/processor-events.ts'
import type { readableTopics } from '../problem-orders.ts'
import { goods } from './goods.ts'
import { addHistory, HISTORY } from './history.ts'
import { report, type Told } from './reports.ts'

const CONNECTION = 'outdoor-nordwand'
const VENDOR = 'nordwand'
const shownAs: Readonly<Record<string, string>> = { Slate: 'Slate grey', Moss: 'Moss green' }

/** Rows in all three feeds for each of the goods, as read and as mapped. */
export async function addProducts(tables: Tables, topics: ReturnType<typeof readableTopics>, now: number) {
  const { codec, put } = topics
  await addHistory(tables, topics, now)
  const told = goods.flatMap(({ sku, name, price, color, stock }, index): readonly Told[] => {
    const head = { connection: CONNECTION, source: VENDOR, sku }
    const at = now - index * 190_000 - 40_000
    const read = productChanged(
      {
        sku,
        name,
        price: decimal8(price, 'price'),
        currency: 'EUR',
        manufacturer: 'Nordwand',
        weight: decimal8(`0.${index + 3}`, 'weight'),
        weightUnit: 'kg',
        attributes: { custitem_color: JSON.stringify(color) },
      },
      { source: VENDOR },
    )
    const attributes = { name, price, status: 1, weight: `0.${index + 3}`, color: shownAs[color] ?? color }
    const mapped = productsChanged(head, { ...attributes, manufacturer: 'Nordwand' })
    const levels = { 'East warehouse': [stock, stock], 'Store Bern': ['4', '3'] } as const
    const images = imagesChanged(head, `https://pictures.example/${sku.toLowerCase()}.jpg`)
    const of = (entity: string, places: Pick<Told, 'source' | 'mapped'>): Told => ({
      stage: `${entity}-feed`,
      at,
      result: { entity, source: VENDOR, connection: CONNECTION, key: sku, status: 'succeeded' },
      ...places,
    })
    return [
      of('products', {
        source: put('t.products', index, codec.encode('products', read)),
        mapped: put('t.universal-products', HISTORY + index, codec.encode('universal-products', mapped)),
      }),
      of('inventory', {
        source: put('t.inventory', index, codec.encode('inventory', { ...stockRead(sku, levels), source: VENDOR })),
        mapped: put(
          't.universal-inventory',
          HISTORY + index,
          codec.encode('universal-inventory', inventoryChanged(head, stock)),
        ),
      }),
      of('images', {
        source: null,
        mapped: put('t.universal-images', HISTORY + index, codec.encode('universal-images', images)),
      }),
    ]
  })
  await report(
    tables,
    told.map((one, index) => ({ ...one, at: one.at + (index % 3) })),
  )
}
