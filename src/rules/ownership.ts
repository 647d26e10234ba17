import type { Connection, Ownership } from '../configuration/model.ts'
import { StreamError, toStreamError } from '../errors.ts'
import type { OrderLine } from '../events/generated/events.ts'
import { compilePattern, patternBudget } from './pattern.ts'

/** A product of the vendor as the connection's feed has it: the seller's attributes by name. */
export type OwnedProduct = Readonly<Record<string, unknown>>

/**
 * The vendor's products of a connection by SKU, those that are deleted left out. A read that may be a few seconds old.
 */
export type FindProducts = (
  connection: Connection,
  skus: readonly string[],
) => Promise<ReadonlyMap<string, OwnedProduct>>

type Owner = Pick<Connection, 'ownership'>
type Line = Pick<OrderLine, 'sku' | 'attributes'>

/** The seller's attribute that `manufacturer` looks at. */
const MANUFACTURER = 'manufacturer'

/** The attribute that decides, and the values that are the vendor's; undefined: ownership asks for no attribute. */
export function decidingAttribute(ownership: Ownership): { name: string; values: readonly string[] } | undefined {
  if ('attribute' in ownership) return ownership.attribute
  return 'manufacturer' in ownership ? { name: MANUFACTURER, values: ownership.manufacturer } : undefined
}

/** Whether it takes the vendor's products to tell whose a line is. */
export function asksProducts(ownership: Ownership): boolean {
  return !('skuPattern' in ownership || 'skus' in ownership)
}

/** Whether the SKU alone says that it is the vendor's; undefined: it takes the vendor's product to tell. */
export function ownsSku({ ownership }: Owner, sku: string, budget = patternBudget()): boolean | undefined {
  if ('skuPattern' in ownership) return compilePattern(ownership.skuPattern).test(sku, budget)
  return 'skus' in ownership ? skusOf(ownership).has(sku) : undefined
}

/**
 * Why it can't be told what the connection owns: its pattern was applied by a version that took it. Null: it can. Ask
 * before, and leave the connection out.
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

/** What of some SKUs each connection owns by its pattern or list; where that can't be told, why: for that one alone. */
export interface OwnedSkus {
  /** Undefined: it takes the vendor's product to tell, or can't be told. */
  owns(connection: string, sku: string): boolean | undefined
  /** By connection. */
  readonly faults: ReadonlyMap<string, StreamError>
}

/** Matches each SKU once for each connection, which has a budget of its own; `letOthers` lets others go on in between. */
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

/** Whether the product's attributes make it the vendor's, where they decide. */
export function ownsProduct({ ownership }: Owner, product: OwnedProduct): boolean {
  const deciding = decidingAttribute(ownership)
  if (deciding === undefined) return true
  const value = product[deciding.name]
  return value !== undefined && value !== null && deciding.values.includes(String(value))
}

/**
 * Whether an order's line is the vendor's. Where an attribute decides, the shop's own word on the line comes before the
 * vendor's product; `product` undefined: the vendor's feed does not have the SKU; `bySku`: as `ownsSku` says.
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
