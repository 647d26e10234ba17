/**
 * An entity and a feed that the program does not have: price lists, whose key is a group and a SKU. This file is all there
 * is to say of them. Because the types of entities and schemas are extended here, `tsc` names every table of the program
 * that lists entities or kinds by hand instead of by their declarations.
 */
import { Type } from 'typebox'
import { type Decimal8, text8 } from '../../src/events/decimal.ts'
import type { EntityDeclaration } from '../../src/events/entities.ts'
import { readSchema } from '../../src/platform/registry/schema-files.ts'
import { mapProcessor } from '../../src/processors/map-rows.ts'
import { defineFeed } from '../../src/projections/projection.ts'

export const prices = {
  name: 'prices',
  key: ['group', 'sku'],
  callOrder: 6,
  source: 'price-changed',
  universal: 'universal-prices-changed',
  shop: 'shop-prices-requested',
} as const satisfies EntityDeclaration

interface Price {
  readonly group: string
  readonly sku: string
  readonly price: Decimal8
  readonly currency: string
  /** From this quantity on. */
  readonly tiers: readonly { readonly quantity: Decimal8; readonly price: Decimal8 }[]
}

type With<E, D> = Omit<E, 'data'> & { readonly data: D }

declare module '../../src/events/generated/events.ts' {
  interface SchemaEvents {
    readonly 'price-changed': With<InventoryChanged, Price>
    readonly 'universal-prices-changed': With<UniversalInventoryChanged, Price>
    readonly 'shop-prices-requested': With<ShopInventoryRequested, Price>
  }
}

declare module '../../src/events/entities.ts' {
  interface Entities {
    readonly prices: typeof prices
  }
}

const decimal = { type: 'bytes', logicalType: 'decimal', precision: 28, scale: 8 }
const fieldsOf = (fields: Readonly<Record<string, unknown>>) =>
  Object.entries(fields).map(([name, type]) => ({ name, type }))
const tier = { type: 'record', name: 'PriceTier', fields: fieldsOf({ quantity: decimal, price: decimal }) }
const data = {
  type: 'record',
  name: 'Price',
  fields: fieldsOf({
    group: 'string',
    sku: 'string',
    price: decimal,
    currency: 'string',
    tiers: { type: 'array', items: tier },
  }),
}

/** As the schema of another entity, with other data. */
function schemaLike(kind: Parameters<typeof readSchema>[0], name: string): string {
  const like = JSON.parse(readSchema(kind)) as { readonly fields: readonly { readonly name: string }[] }
  const fields = like.fields.map((field) => (field.name === 'data' ? { ...field, type: data } : field))
  return JSON.stringify({ ...like, name, fields })
}

/** Schemas by kind, which would be files in schemas/. */
export const priceSchemas = {
  prices: schemaLike('inventory', 'PriceChanged'),
  'universal-prices': schemaLike('universal-inventory', 'UniversalPricesChanged'),
  'shop-prices': schemaLike('shop-inventory', 'ShopPricesRequested'),
} as const

export const mapPrices = mapProcessor(prices, async ({ data: { group, sku, price, currency, tiers } }) => ({
  data: { group, sku, price, currency, tiers },
  owned: true,
}))

export const priceFeed = defineFeed({
  entity: prices,
  title: 'prices by group',
  table: 'universal_prices',
  data: Type.Object({
    price: Type.String(),
    currency: Type.String(),
    tiers: Type.Array(Type.Object({ quantity: Type.String(), price: Type.String() })),
  }),
  columns: ({ price, currency, tiers }) => ({
    price: text8(price),
    currency,
    tiers: tiers.map((one) => ({ quantity: text8(one.quantity), price: text8(one.price) })),
  }),
})
