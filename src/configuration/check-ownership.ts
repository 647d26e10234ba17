import { toStreamError } from '../errors.ts'
import { decidingAttribute, ownsSku } from '../rules/ownership.ts'
import { type PatternBudget, patternBudget } from '../rules/pattern.ts'
import type { Connection, Ownership } from './model.ts'
import type { Shaped, ShapedDocuments } from './shaped-documents.ts'
import { type Mistake, twiceAt, type YamlDocument } from './yaml-documents.ts'

const WAYS = ['skuPattern', 'skus', 'attribute', 'manufacturer', 'feed'] as const

/** Checks a connection's ownership by itself. */
export function checkOwnership(
  { value, yaml }: Pick<Shaped<'connection'>, 'value' | 'yaml'>,
  { metadata, partial }: ShapedDocuments,
): Mistake[] {
  const given = WAYS.filter((way) => value.ownership[way] !== undefined)
  const [way] = given
  if (way === undefined || given.length > 1) {
    return [
      yaml.mistake(['ownership'], `has ${given.join(' and ') || 'no field'}; give exactly one of ${WAYS.join(', ')}`),
    ]
  }
  const skus = way === 'skus' ? checkSkus(value.ownership.skus ?? [], yaml) : []
  const { attribute, manufacturer } = value.ownership
  const name = decidingAttribute(
    attribute !== undefined
      ? { attribute: { name: attribute.name, values: [] } }
      : { manufacturer: manufacturer ?? [] },
  )?.name
  const asksProducts = way !== 'skuPattern' && way !== 'skus'
  if (asksProducts && !value.reads.some((read) => read.startsWith(`${value.vendor}.products.`))) {
    const message = `depends on the vendor's products, which the connection does not read; add ${value.vendor}.products.all`
    return [...skus, yaml.mistake(['ownership', way], message)]
  }
  const own = metadata.find((one) => one.value.connection === value.id)
  const unmapped = way === 'attribute' || way === 'manufacturer' ? !mapsAttribute(own, name) : false
  if (!unmapped || own === undefined || partial.has('product-metadata')) return skus
  const message = `needs the attribute ${name}, which no rule of the connection's product metadata sets; add one`
  return [yaml.mistake(['ownership', way], message)]
}

function checkSkus(skus: readonly string[], yaml: YamlDocument): Mistake[] {
  const firsts = new Map(skus.map((sku, index) => [sku, index] as const).toReversed())
  return skus.flatMap((sku, index) => {
    const path = ['ownership', 'skus', index]
    if (sku !== sku.trim()) return [yaml.mistake(path, `has spaces around it; write ${sku.trim()}`)]
    const first = firsts.get(sku) ?? index
    return first < index ? [yaml.mistake(path, twiceAt(yaml.placeOf(['ownership', 'skus', first])))] : []
  })
}

function mapsAttribute(metadata: Shaped<'product-metadata'> | undefined, name: string | undefined): boolean {
  return metadata?.value.attributes.some(({ attribute }) => attribute === name) ?? false
}

/** A connection that claims SKUs, and its document. */
export interface Claimant {
  readonly connection: Connection
  readonly yaml: YamlDocument
}

/** SKUs that two connections of one shop claim, as far as this is known without their products. */
export function checkClaims(claimants: readonly Claimant[]): Mistake[] {
  // One budget per shop: claims that it leaves unchecked are found with each order, and other shops are still checked.
  const budgets = new Map(claimants.map(({ connection }) => [connection.shop, patternBudget()]))
  return claimants.flatMap(({ connection, yaml }, index) =>
    claimants.slice(0, index).flatMap((other) => {
      if (other.connection.shop !== connection.shop || other.connection.id === connection.id) return []
      const claim = claimedTwice(connection, other.connection, budgets.get(connection.shop) ?? patternBudget())
      const way = WAYS.find((one) => one in connection.ownership) ?? 'skuPattern'
      if (claim === undefined) return []
      const place = other.yaml.placeOf(['ownership'])
      const message = `${claim} is claimed by ${other.connection.id} too (${place}); correct one of them`
      return [yaml.mistake(['ownership', way], message)]
    }),
  )
}

function claimedTwice(one: Connection, other: Connection, budget: PatternBudget): string | undefined {
  const [a, b] = [one.ownership, other.ownership]
  if ('skuPattern' in a && 'skuPattern' in b) return a.skuPattern === b.skuPattern ? 'every SKU of it' : undefined
  if (one.vendor === other.vendor && 'feed' in a && 'feed' in b) return 'every SKU of the feed'
  const skus = [...ownedOf(listed(a), other, budget), ...ownedOf(listed(b), one, budget)]
  return skus.length === 0 ? undefined : `SKU ${[...new Set(skus)].slice(0, 5).join(', ')}`
}

/** The SKUs that the connection owns, as far as that is known. */
function ownedOf(skus: readonly string[], connection: Connection, budget: PatternBudget): readonly string[] {
  try {
    return skus.filter((sku) => ownsSku(connection, sku, budget))
  } catch (error) {
    if (toStreamError(error).code === 'mapping_failed') return []
    throw error
  }
}

function listed(ownership: Ownership): readonly string[] {
  return 'skus' in ownership ? ownership.skus : []
}
