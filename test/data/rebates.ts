/**
 * An entity and a feed that the program does not have: rebates, whose key is a group and a SKU. This file is all there
 * is to say of them. Because the types of entities and schemas are extended here, `tsc` names every table of the program
 * that lists entities or kinds by hand instead of by their declarations.
 */
import { Type } from 'typebox'
import { type Decimal8, text8 } from '../../src/events/decimal.ts'
import type { EntityDeclaration } from '../../src/events/entities.ts'
import { readSchema } from '../../src/platform/registry/schema-files.ts'
import { mapProcessor } from '../../src/processors/map-rows.ts'
import { defineFeed } from '../../src/projections/projection.ts'

export const rebates = {
  name: 'rebates',
  key: ['group', 'sku'],
  callOrder: 7,
  source: 'rebate-changed',
  universal: 'universal-rebates-changed',
  shop: 'shop-rebates-requested',
} as const satisfies EntityDeclaration

interface Rebate {
  readonly group: string
  readonly sku: string
  readonly rebate: Decimal8
  readonly currency: string
  /** From this quantity on. */
  readonly tiers: readonly { readonly quantity: Decimal8; readonly rebate: Decimal8 }[]
}

type With<E, D> = Omit<E, 'data'> & { readonly data: D }

declare module '../../src/events/generated/events.ts' {
  interface SchemaEvents {
    readonly 'rebate-changed': With<InventoryChanged, Rebate>
    readonly 'universal-rebates-changed': With<UniversalInventoryChanged, Rebate>
    readonly 'shop-rebates-requested': With<ShopInventoryRequested, Rebate>
  }
}

declare module '../../src/events/entities.ts' {
  interface Entities {
    readonly rebates: typeof rebates
  }
}

const decimal = { type: 'bytes', logicalType: 'decimal', precision: 28, scale: 8 }
const fieldsOf = (fields: Readonly<Record<string, unknown>>) =>
  Object.entries(fields).map(([name, type]) => ({ name, type }))
const tier = { type: 'record', name: 'RebateTier', fields: fieldsOf({ quantity: decimal, rebate: decimal }) }
const data = {
  type: 'record',
  name: 'Rebate',
  fields: fieldsOf({
    group: 'string',
    sku: 'string',
    rebate: decimal,
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
export const rebateSchemas = {
  rebates: schemaLike('inventory', 'RebateChanged'),
  'universal-rebates': schemaLike('universal-inventory', 'UniversalRebatesChanged'),
  'shop-rebates': schemaLike('shop-inventory', 'ShopRebatesRequested'),
} as const

export const mapRebates = mapProcessor(rebates, async ({ data: { group, sku, rebate, currency, tiers } }) => ({
  data: { group, sku, rebate, currency, tiers },
  owned: true,
}))

export const rebateFeed = defineFeed({
  entity: rebates,
  title: 'rebates by group',
  table: 'universal_rebates',
  data: Type.Object({
    rebate: Type.String(),
    currency: Type.String(),
    tiers: Type.Array(Type.Object({ quantity: Type.String(), rebate: Type.String() })),
  }),
  columns: ({ rebate, currency, tiers }) => ({
    rebate: text8(rebate),
    currency,
    tiers: tiers.map((one) => ({ quantity: text8(one.quantity), rebate: text8(one.rebate) })),
  }),
})
