import type { Decimal4, Decimal8 } from '../../src/events/decimal.ts'

/** Pieces that left together, by the rows of the shop's order, and by which numbers they can be followed. */
export interface EndShipment {
  readonly tracks: readonly string[]
  readonly pieces: ReadonlyMap<string, Decimal8>
}

/** What leaves in the shop when a vendor ships pieces of a line. */
export interface ShippedRow {
  /** Id of the row: the line's own, or that of the whole that it is a part of. */
  readonly row: string
  /** Pieces of the row that were ordered, and of the line: as many wholes leave as all of their parts do. */
  readonly ordered: Decimal8
  readonly ofLine: Decimal8
  /** The lines that leave together: the parts of a bundle; else this one. */
  readonly together: readonly string[]
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
  /** Pieces that the shop has shipped. */
  readonly shipped: Decimal8
  /** Pieces that were refunded, before or after they were shipped. */
  readonly refunded: Decimal8
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
  /** What is shipped, by the ids of lines; what is never shipped is not in it. */
  readonly rows: ReadonlyMap<string, ShippedRow>
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

export interface ErpLine {
  readonly sku: string
  readonly quantity: Decimal8
  readonly amount: Decimal4
  /** The ERP's number of it. */
  readonly number: number
  /** The shop's id of it; empty: it is no line of a shop. */
  readonly lineId: string
  /** Pieces that were shipped, and those that still can be. */
  readonly shipped: Decimal8
  readonly toShip: Decimal8
}

/** An order as an ERP has it. */
export interface ErpOrder {
  /** The ERP's id of it. */
  readonly id: string
  /** As `referenceOf`. */
  readonly reference: string
  readonly open: boolean
  /** Absent: the vendor knows what its order costs. */
  readonly amounts?: 'unknown'
  readonly lines: readonly ErpLine[]
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

/** What a vendor holds. */
export interface VendorEnd {
  readonly system: string
  readonly orders: readonly ErpOrder[]
  readonly items: ReadonlyMap<string, string>
  readonly stock: Stock
}
