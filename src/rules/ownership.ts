import type { Connection, Ownership } from '../configuration/model.ts'
import { StreamError, toStreamError } from '../errors.ts'
import type { OrderLine } from '../events/generated/events.ts'
import { compilePattern, patternBudget } from './pattern.ts'

/** A product of the vendor as the connection's feed has it: the seller's attributes by name. */
export type OwnedProduct = Readonly<Record<string, unknown>>

/** The vendor's products of a connection by SKU, without deleted ones. The data may be a few seconds old. */
export type FindProducts = (
  connection: Connection,
  skus: readonly string[],
) => Promise<ReadonlyMap<string, OwnedProduct>>

type Owner = Pick<Connection, 'ownership'>
type Line = Pick<OrderLine, 'sku' | 'attributes'>

/** The seller's attribute that `manufacturer` checks. */
const MANUFACTURER = 'manufacturer'

/** The deciding attribute and the vendor's values of it; undefined: ownership does not depend on an attribute. */
export function decidingAttribute(ownership: Ownership): { name: string; values: readonly string[] } | undefined {
  if ('attribute' in ownership) return ownership.attribute
  return 'manufacturer' in ownership ? { name: MANUFACTURER, values: ownership.manufacturer } : undefined
}

/** Whether ownership of a line depends on the vendor's products. */
export function asksProducts(ownership: Ownership): boolean {
  return !('skuPattern' in ownership || 'skus' in ownership)
}

/** Whether the vendor owns the SKU; undefined: that depends on the vendor's product. */
export function ownsSku({ ownership }: Owner, sku: string, budget = patternBudget()): boolean | undefined {
  if ('skuPattern' in ownership) return compilePattern(ownership.skuPattern).test(sku, budget)
  return 'skus' in ownership ? skusOf(ownership).has(sku) : undefined
}

/**
 * Why ownership of the connection can't be decided: its pattern was stored by a version that accepted it. Null: it can.
 * Check this first, and leave the connection out.
 */
export function ownershipFault({ ownership }: Owner): StreamError | null {
  if (!('skuPattern' in ownership)) return null
  try {
    compilePattern(ownership.skuPattern)
    return null
  } catch (error) {
    const { code, message } = toStreamError(error)
    return new StreamError(code, `ownership.skuPattern ${message}`, { field: 'ownership.skuPattern', cause: error })
  }
}

/**
 * Which of some SKUs each connection owns by its pattern or list; a connection whose ownership can't be decided has a
 * fault.
 */
export interface OwnedSkus {
  /** Undefined: it depends on the vendor's product, or can't be decided. */
  owns(connection: string, sku: string): boolean | undefined
  /** By connection. */
  readonly faults: ReadonlyMap<string, StreamError>
}

/** Matches each SKU once per connection, each with its own budget; `letOthers` yields to other work in between. */
export async function ownedSkus(
  connections: readonly Connection[],
  skus: readonly string[],
  letOthers?: () => Promise<void>,
): Promise<OwnedSkus> {
  const owned = new Map<string, ReadonlyMap<string, boolean | undefined>>()
  const faults = new Map<string, StreamError>()
  for (const connection of connections) {
    await letOthers?.()
    const fault = ownershipFault(connection)
    if (fault === null) matchSkus(connection, skus, owned, faults)
    else faults.set(connection.id, fault)
  }
  return { owns: (connection, sku) => owned.get(connection)?.get(sku), faults }
}

function matchSkus(
  connection: Connection,
  skus: readonly string[],
  owned: Map<string, ReadonlyMap<string, boolean | undefined>>,
  faults: Map<string, StreamError>,
): void {
  const budget = patternBudget()
  const own = new Map<string, boolean | undefined>()
  try {
    for (const sku of skus) own.set(sku, ownsSku(connection, sku, budget))
    owned.set(connection.id, own)
  } catch (thrown) {
    const { code, message } = toStreamError(thrown)
    const field = 'ownership.skuPattern'
    faults.set(connection.id, new StreamError(code, `an SKU ${message} (${field})`, { field, cause: thrown }))
  }
}

/** Whether the vendor owns the product by its attributes, if they decide. */
export function ownsProduct({ ownership }: Owner, product: OwnedProduct): boolean {
  const deciding = decidingAttribute(ownership)
  if (deciding === undefined) return true
  const value = product[deciding.name]
  return value !== undefined && value !== null && deciding.values.includes(String(value))
}

/**
 * Whether an order's line belongs to the vendor. If an attribute decides, the shop's value on the line takes precedence
 * over the vendor's product; `product` undefined: the vendor's feed does not have the SKU; `bySku`: the result of
 * `ownsSku`.
 */
export function ownsLine(owner: Owner, line: Line, product?: OwnedProduct, bySku = ownsSku(owner, line.sku)): boolean {
  if (bySku !== undefined) return bySku
  const deciding = decidingAttribute(owner.ownership)
  const onLine = deciding === undefined ? undefined : line.attributes[deciding.name]
  if (deciding !== undefined && onLine !== undefined) return ownsProduct(owner, { [deciding.name]: fromJson(onLine) })
  return product !== undefined && ownsProduct(owner, product)
}

const lists = new WeakMap<object, ReadonlySet<string>>()

function skusOf(ownership: Extract<Ownership, { skus: unknown }>): ReadonlySet<string> {
  const known = lists.get(ownership) ?? new Set(ownership.skus)
  lists.set(ownership, known)
  return known
}

function fromJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return json
  }
}
