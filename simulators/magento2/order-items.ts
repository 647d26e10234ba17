import type { Bought, BoughtBundle, BoughtProduct } from './draw-rows.ts'
import { fromCents, scaled } from './money.ts'
import type { LineAmounts, OrderAmounts } from './order-amounts.ts'
import type { OrderProgress } from './order-state.ts'
import type { Sellable } from './sellable.ts'
import type { OrderItem } from './wire-types.ts'

interface ItemsInput {
  orderId: number
  storeId: number
  bought: readonly Bought[]
  amounts: OrderAmounts
  taxBasisPoints: number
  progress: OrderProgress
  times: { created_at: string; updated_at: string }
}

/** Rows while they are being made, one after the other. */
interface Making extends ItemsInput {
  nextId(): number
  /** Amounts of the next priced row. */
  nextAmounts(): LineAmounts | undefined
}

/**
 * The rows of an order. A variant has two: the configurable parent with the prices, and the simple child with price 0;
 * both have the child's SKU. A bundle has one for itself and one per component: in a fixed bundle the first has prices,
 * discount and tax; in a dynamic one the components have them, and the first the sum of the prices.
 */
export function makeItems(input: ItemsInput): OrderItem[] {
  let [id, priced] = [input.orderId * 100, 0]
  const making: Making = {
    ...input,
    nextId() {
      id += 1
      return id
    },
    nextAmounts() {
      priced += 1
      return input.amounts.lines[priced - 1]
    },
  }
  return input.bought.flatMap((bought) =>
    bought.kind === 'bundle' ? bundleRows(bought, making) : productRows(bought, making),
  )
}

function productRows({ sellable, qty, type, option, productTax }: BoughtProduct, making: Making): OrderItem[] {
  const { product, parent } = sellable
  const isVirtual = type !== 'simple'
  const columns = {
    ...sharedColumns(making),
    ...quantityColumns(qty, making.progress, isVirtual),
    ...(isVirtual ? {} : weightColumns(sellable, qty)),
  }
  const options = {
    ...(parent === undefined ? {} : { configurable_item_options: parent.options }),
    ...(option === undefined ? {} : { custom_options: [{ option_id: String(option.id), option_value: option.value }] }),
  }
  const priced: OrderItem = {
    ...columns,
    item_id: making.nextId(),
    product_id: parent?.id ?? sellable.id,
    sku: option === undefined ? product.sku : `${product.sku}-${option.sku}`,
    name: parent?.product.name ?? product.name,
    product_type: parent === undefined ? type : 'configurable',
    ...priceColumns(making.nextAmounts(), making.taxBasisPoints, making.amounts.discountPercent),
    ...(productTax === 0 ? {} : productTaxColumns(productTax, qty)),
    ...(Object.keys(options).length === 0 ? {} : { product_option: { extension_attributes: options } }),
  }
  if (parent === undefined) return [priced]
  const child: OrderItem = {
    ...columns,
    item_id: making.nextId(),
    parent_item_id: priced.item_id,
    product_id: sellable.id,
    sku: product.sku,
    name: product.name,
    product_type: 'simple',
    ...priceColumns(undefined, 0, undefined),
  }
  return [priced, child]
}

function bundleRows(bundle: BoughtBundle, making: Making): OrderItem[] {
  const { qty, components, pricing, id, sku, name } = bundle
  const { progress, taxBasisPoints, amounts } = making
  const isDynamic = pricing === 'dynamic'
  const own = isDynamic ? undefined : making.nextAmounts()
  const itemId = making.nextId()
  const options = components.map((_component, index) => ({
    option_id: index + 1,
    option_qty: components[index]?.each ?? 1,
    option_selections: [id + index],
  }))
  const rows = components.map(({ sellable, each }): OrderItem => {
    const pieces = each * qty
    const line = isDynamic ? making.nextAmounts() : undefined
    const counted = isDynamic ? progress : { ...progress, invoiced: false, canceled: false, refunded: false }
    return {
      ...sharedColumns(making),
      ...quantityColumns(pieces, counted, false),
      ...weightColumns(sellable, pieces),
      item_id: making.nextId(),
      parent_item_id: itemId,
      product_id: sellable.id,
      sku: sellable.product.sku,
      name: sellable.product.name,
      product_type: 'simple',
      ...priceColumns(line, line === undefined ? 0 : taxBasisPoints, amounts.discountPercent),
    }
  })
  const counted = isDynamic ? { ...progress, canceled: false, refunded: false } : progress
  const sumOfPrices = rows.reduce((total, row) => total + Math.round(row.row_total * 100), 0)
  const parent: OrderItem = {
    ...sharedColumns(making),
    ...quantityColumns(qty, counted, false),
    item_id: itemId,
    product_id: id,
    sku,
    name,
    product_type: 'bundle',
    ...priceColumns(
      own,
      own === undefined ? 0 : taxBasisPoints,
      own === undefined ? undefined : amounts.discountPercent,
    ),
    ...(isDynamic
      ? {
          price: fromCents(sumOfPrices / qty),
          base_price: fromCents(sumOfPrices / qty),
          row_total: fromCents(sumOfPrices),
          base_row_total: fromCents(sumOfPrices),
        }
      : {}),
    product_option: { extension_attributes: { bundle_options: options } },
  }
  return [parent, ...rows]
}

function sharedColumns({ orderId, storeId, times }: ItemsInput) {
  return { order_id: orderId, store_id: storeId, ...times }
}

function quantityColumns(qty: number, { invoiced, shipped, canceled, refunded }: OrderProgress, isVirtual: boolean) {
  return {
    qty_ordered: qty,
    qty_invoiced: invoiced ? qty : 0,
    qty_shipped: shipped && !isVirtual ? qty : 0,
    qty_canceled: canceled ? qty : 0,
    qty_refunded: refunded ? qty : 0,
    is_virtual: isVirtual ? 1 : 0,
    is_qty_decimal: 0,
    free_shipping: 0,
  }
}

function weightColumns({ product }: Sellable, qty: number): { weight?: number; row_weight?: number } {
  if (product.weight === undefined) return {}
  return { weight: Number(product.weight), row_weight: (Number(scaled(product.weight, 4)) * qty) / 10_000 }
}

/** Fixed product tax is only in the order's total. */
function productTaxColumns(each: number, qty: number) {
  const [piece, row] = [fromCents(each), fromCents(each * qty)]
  return {
    weee_tax_applied: JSON.stringify([{ title: 'FPT', amount: String(piece), row_amount: row }]),
    weee_tax_applied_amount: piece,
    base_weee_tax_applied_amount: piece,
    weee_tax_applied_row_amount: row,
    base_weee_tax_applied_row_amnt: row,
    weee_tax_disposition: 0,
    weee_tax_row_disposition: 0,
  }
}

/** Without amounts: the child's row, all zero. */
function priceColumns(line: LineAmounts | undefined, taxBasisPoints: number, discountPercent: number | undefined) {
  const amount = (cents = 0) => fromCents(cents)
  return {
    price: amount(line?.price),
    base_price: amount(line?.price),
    original_price: amount(line?.price),
    base_original_price: amount(line?.price),
    row_total: amount(line?.rowTotal),
    base_row_total: amount(line?.rowTotal),
    tax_percent: taxBasisPoints / 100,
    tax_amount: amount(line?.tax),
    base_tax_amount: amount(line?.tax),
    discount_percent: discountPercent ?? 0,
    discount_amount: amount(line?.discount),
    base_discount_amount: amount(line?.discount),
    ...(line === undefined
      ? {}
      : {
          price_incl_tax: amount(line.priceInclTax),
          base_price_incl_tax: amount(line.priceInclTax),
          row_total_incl_tax: amount(line.rowTotalInclTax),
          base_row_total_incl_tax: amount(line.rowTotalInclTax),
        }),
  }
}
