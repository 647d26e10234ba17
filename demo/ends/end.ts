import type { Decimal4, Decimal8 } from '../../src/events/decimal.ts'

/** Pieces that left together, and by which numbers they can be followed. */
export interface EndShipment {
  readonly tracks: readonly string[]
  readonly pieces: ReadonlyMap<string, Decimal8>
}

/** An amount between two, both included: what is shared by pieces or prices is known to a cent or two. */
export interface Range {
  readonly least: Decimal4
  readonly most: Decimal4
}

export function exactly(amount: Decimal4): Range {
  return { least: amount, most: amount }
}

/** A line of a shop's order: what the vendor is to have of it. */
export interface ShopLine {
  readonly sku: string
  /** The SKU of the bundle that it is a part of; null: it is none. */
  readonly bundle: string | null
  readonly quantity: Decimal8
  /** Pieces that the shop has shipped itself. */
  readonly shipped: Decimal8
  /** Before discount and tax. */
  readonly amount: Range
  /** Null: the shop tells it for the whole order alone. */
  readonly amounts: { readonly discount: Range; readonly tax: Range } | null
}

/** An order as a shop has it. `ended`: the ERP is to have nothing open of it; `other`: not to be delivered, or done. */
export interface ShopOrder {
  readonly number: string
  /** The number, the shop's own id of it: where another order has the number too, one of the two is known by both. */
  readonly alias?: string
  readonly state: 'open' | 'ended' | 'other'
  /** Each row is a line at the vendor, by the same SKU: pieces that are shipped are the same at both ends. */
  readonly isPlain: boolean
  readonly lines: readonly ShopLine[]
  /** Of the order's lines together, where the shop does not tell them line by line. */
  readonly totals: { readonly discount: Range; readonly tax: Range } | null
  readonly shipping: Decimal4
  readonly shippingTax: Decimal4
  readonly shipments: readonly EndShipment[]
}

/** What an order is called at a vendor: no connection's id has the sign that stands before a number with a dash. */
export function referenceOf(connection: string, number: string): string {
  return number.includes('-') ? `${connection}_${number}` : `${connection}-${number}`
}

/** Whether it may be what an order of the connection is called. */
export function isReferenceOf(connection: string, reference: string): boolean {
  return reference.startsWith(`${connection}-`) || reference.startsWith(`${connection}_`)
}

/** An order as an ERP has it. */
export interface ErpOrder {
  /** As `referenceOf`. */
  readonly reference: string
  readonly open: boolean
  readonly lines: readonly { readonly sku: string; readonly quantity: Decimal8; readonly amount: Decimal4 }[]
  readonly discount: Decimal4
  readonly tax: Decimal4
  readonly shipping: Decimal4
}

/** Quantity by location of each SKU. */
export type Stock = ReadonlyMap<string, ReadonlyMap<string, Decimal8>>

/** What a shop holds of what a vendor gives. */
export interface ShopEnd {
  readonly system: string
  readonly orders: readonly ShopOrder[]
  /** Names by SKU. */
  readonly products: ReadonlyMap<string, string>
  readonly stock: Stock
}

/** What a vendor's ERP holds. */
export interface VendorEnd {
  readonly system: string
  readonly orders: readonly ErpOrder[]
  readonly items: ReadonlyMap<string, string>
  readonly stock: Stock
}
