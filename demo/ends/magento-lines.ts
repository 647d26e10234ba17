import {
  add,
  CENT,
  type Decimal4,
  type Decimal8,
  decimal4,
  decimal8,
  greatest,
  magnitude,
  multiply,
  subtract,
  sum,
  ZERO4,
  ZERO8,
} from '../../src/events/decimal.ts'
import { exactly, type Range, type ShippedRow, type ShopLine } from './end.ts'

/** A row of an order as the simulator has it. */
export interface MagentoLine {
  readonly item_id?: number
  readonly product_id?: number
  readonly product_type?: string
  readonly sku: string
  readonly parent_item_id?: number
  readonly price: number
  readonly row_total?: number
  readonly qty_ordered: number
  readonly qty_canceled?: number
  readonly qty_shipped?: number
  readonly qty_refunded?: number
  readonly discount_amount?: number
  readonly tax_amount?: number
  readonly weee_tax_applied_row_amount?: number
  readonly product_option?: { readonly extension_attributes?: { readonly custom_options?: readonly unknown[] } }
}

/**
 * What vendors are to have of an order's rows: goods, by the SKU of the product. Nothing of the code under test is asked for
 * it. A bundle is its components; these cost what they say, or have a part of the bundle's price by their pieces.
 */
export function magentoLines(
  items: readonly MagentoLine[],
  skus: ReadonlyMap<number | undefined, string>,
): readonly ShopLine[] {
  const rows = items.filter((item) => item.parent_item_id === undefined)
  return rows.flatMap((row) => {
    const children = items.filter((item) => item.parent_item_id !== undefined && item.parent_item_id === row.item_id)
    if (row.product_type !== 'bundle') return [toLine({ ...row, sku: productSku(row, children, skus) }, null)]
    const isPriced = children.some((child) => (child.row_total ?? 0) > 0)
    return children.map((child) =>
      isPriced ? toLine(withShipped(child, row), row.sku) : toShare(child, row, children),
    )
  })
}

/** What the shop ships of each line that a vendor may have: a bundle as a whole, a configurable for its variant. */
export function shippedRows(items: readonly MagentoLine[]): ReadonlyMap<string, ShippedRow> {
  const goods = items.filter(({ item_id: id, product_type: type }) => id !== undefined && !isVirtual(type))
  return new Map(
    goods.map((item) => {
      const whole = items.find(({ item_id: id }) => id !== undefined && id === item.parent_item_id) ?? item
      const parts = goods.filter(({ parent_item_id: parent }) => parent === whole.item_id)
      const isPart = whole !== item && whole.product_type === 'bundle'
      const row = {
        row: String(whole.item_id),
        ordered: pieces(whole.qty_ordered),
        ofLine: pieces(item.qty_ordered),
        together: (isPart ? parts : [item]).map(({ item_id: id }) => String(id)),
      }
      return [String(item.item_id), row]
    }),
  )
}

const isVirtual = (type: string | undefined): boolean => type === 'virtual' || type === 'downloadable'

/** A variant's row has its SKU; a product's with options is known by its id. */
function productSku(
  row: MagentoLine,
  [variant]: readonly MagentoLine[],
  skus: ReadonlyMap<number | undefined, string>,
): string {
  if ((row.product_option?.extension_attributes?.custom_options ?? []).length === 0) return row.sku
  return variant?.sku ?? skus.get(row.product_id) ?? row.sku
}

/** Bundles are shipped whole. */
function withShipped(child: MagentoLine, bundle: MagentoLine): MagentoLine {
  const ofBundle = ((bundle.qty_shipped ?? 0) * child.qty_ordered) / bundle.qty_ordered
  return { ...child, qty_shipped: Math.max(child.qty_shipped ?? 0, ofBundle) }
}

function toLine(row: MagentoLine, bundle: string | null): ShopLine {
  const ordered = pieces(row.qty_ordered)
  const quantity = vendorPieces(row)
  const part = (amount: Decimal4) => partOf(amount, quantity, ordered, ZERO4)
  const price = multiply(quantity, decimal8(row.price, 'price'))
  const tax = add(amountOf(row.tax_amount), amountOf(row.weee_tax_applied_row_amount))
  return {
    sku: row.sku,
    bundle,
    quantity,
    shipped: pieces(row.qty_shipped),
    refunded: pieces(row.qty_refunded),
    amount: quantity === ordered ? exactly(price) : around(price, CENT),
    amounts: { discount: part(magnitude(amountOf(row.discount_amount))), tax: part(tax) },
  }
}

/** A component without a price, of a bundle that counts for it. */
function toShare(child: MagentoLine, bundle: MagentoLine, children: readonly MagentoLine[]): ShopLine {
  const whole = sum(children.map(({ qty_ordered }) => pieces(qty_ordered)))
  const ofBundles = (count: Decimal8) =>
    ((BigInt(count) * pieces(child.qty_ordered)) / pieces(bundle.qty_ordered)) as Decimal8
  const quantity = ofBundles(vendorPieces(bundle))
  const part = (amount: Decimal4) => partOf(amount, quantity, whole, CENT)
  return {
    sku: child.sku,
    bundle: bundle.sku,
    quantity,
    shipped: ofBundles(pieces(bundle.qty_shipped)),
    refunded: ofBundles(pieces(bundle.qty_refunded)),
    amount: part(amountOf(bundle.row_total)),
    amounts: { discount: part(magnitude(amountOf(bundle.discount_amount))), tax: part(amountOf(bundle.tax_amount)) },
  }
}

/** Ordered, less what was canceled, and what was refunded before it was shipped; what is never shipped comes back as money. */
function vendorPieces(row: MagentoLine): Decimal8 {
  const left = subtract(pieces(row.qty_ordered), pieces(row.qty_canceled))
  if (isVirtual(row.product_type)) return left
  const unshipped = subtract(pieces(row.qty_refunded), pieces(row.qty_shipped))
  return greatest(ZERO8, subtract(left, greatest(ZERO8, unshipped)))
}

/** So much of an amount as the pieces are of all pieces, to a cent; all of it is itself, but for `shared`. */
function partOf(amount: Decimal4, some: Decimal8, all: Decimal8, shared: Decimal4): Range {
  if (some === all || amount === 0n) return around(amount, amount === 0n ? ZERO4 : shared)
  return around(((BigInt(amount) * some) / all) as Decimal4, add(CENT, shared))
}

const around = (amount: Decimal4, by: Decimal4): Range => ({ least: subtract(amount, by), most: add(amount, by) })

const pieces = (count: number | undefined) => decimal8(count ?? 0, 'quantity')

const amountOf = (value: number | undefined) => decimal4(value ?? 0, 'amount')
