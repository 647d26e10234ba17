import { type Schema, schemaFor } from './schema-fields.ts'

type Content = Readonly<Record<string, unknown>>

/** A template of a new document. */
export interface Template {
  /** In the address. */
  readonly id: string
  readonly text: string
}

/** Every five minutes. */
const SCHEDULE = '*/5 * * * *'

/** The system types, by title. */
export function systemTypesOf(schema: Schema): readonly Template[] {
  const { enum: types = [], enumDescriptions: titles = [] } = schema.properties?.['type'] ?? {}
  return types.map((type, index) => ({ id: String(type), text: titles[index] ?? String(type) }))
}

/**
 * A system of a type, with all its reads, and references to its secrets by their usual names. Values specific to the
 * system are left empty.
 */
export function systemOfType(schema: Schema, { id, type, from }: SystemBegun): Content {
  const { secrets, reads } = schemaFor(schema, { type }).properties ?? {}
  const names = secrets?.anyOf?.[0]?.required ?? []
  // Some types read nothing.
  const entities = reads?.maxItems === 0 ? [] : (reads?.items?.properties?.['entity']?.enum ?? [])
  const readOf = (entity: string | number) => ({
    entity,
    schedule: SCHEDULE,
    ...(entity === 'orders' ? { startFrom: from } : {}),
  })
  return {
    type,
    ...(names.length === 0 ? {} : { secrets: Object.fromEntries(names.map((name) => [name, referenceOf(id, name)])) }),
    ...(entities.length === 0 ? {} : { reads: entities.map(readOf) }),
  }
}

interface SystemBegun {
  readonly id: string
  readonly type: string
  /** ISO 8601: earlier orders are not read. */
  readonly from: string
}

const variableOf = (text: string) => text.toUpperCase().replaceAll('-', '_')

/** Default name of a system's secret. */
function referenceOf(system: string, name: string): string {
  const words = name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).replaceAll(/[^A-Za-z0-9_]/g, '_')
  return `env:WALDSTREAM_SECRET_${variableOf(system)}__${variableOf(words)}`
}

interface Named {
  readonly id: string
  readonly document: Content
}

/** A connection of a shop and a vendor, with the reads of both. */
export function connectionBetween(shop: Named, vendor: Named): Content {
  const reads = [
    ...readsOf(shop, ['orders', 'images']),
    ...readsOf(vendor, ['products', 'inventory', 'prices', 'images', 'fulfilments']),
  ]
  const hasFeed = reads.some((read) => read.startsWith(`${vendor.id}.products.`))
  return { shop: shop.id, vendor: vendor.id, reads, ownership: hasFeed ? { feed: true } : {} }
}

function readsOf({ id, document }: Named, wanted: readonly string[]): readonly string[] {
  const reads: readonly unknown[] = Array.isArray(document['reads']) ? document['reads'] : []
  return reads.flatMap((read) => {
    if (typeof read !== 'object' || read === null || !('entity' in read)) return []
    const scope = 'scope' in read && typeof read.scope === 'string' ? read.scope : 'all'
    return wanted.includes(String(read.entity)) ? [`${id}.${String(read.entity)}.${scope}`] : []
  })
}

/** What most shops need to show a product. */
export const usualRules: Content = {
  attributes: [
    { attribute: 'name', from: 'name', required: true },
    { attribute: 'price', from: 'price', type: 'decimal', required: true },
    { attribute: 'status', from: 'active', type: 'integer', lookup: { true: '1', false: '2' } },
  ],
}

/** Names that are in the address. */
const OWN = ['kind', 'id', 'connection']

/** Another document's content, with the system's secrets under its own names. */
export function copyOf({ id: from, document }: Named, id: string): Content {
  const own = Object.fromEntries(Object.entries(document).filter(([name]) => !OWN.includes(name)))
  const { secrets } = own
  if (typeof secrets !== 'object' || secrets === null) return own
  const renamed = Object.entries(secrets).map(([name, reference]) => [
    name,
    String(reference).replace(`${variableOf(from)}__`, `${variableOf(id)}__`),
  ])
  return { ...own, secrets: Object.fromEntries(renamed) }
}
