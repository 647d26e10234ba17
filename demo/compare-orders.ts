import {
  add,
  type Decimal4,
  decimal4,
  decimal8,
  magnitude,
  multiply,
  subtract,
  sum,
  text4,
  text8,
  ZERO4,
} from '../src/events/decimal.ts'

/** An order as the shop gives it. */
export interface ShopOrder {
  readonly increment_id: string
  readonly state: string
  readonly shipping_amount?: number
  readonly shipping_tax_amount?: number
  readonly items: readonly ShopLine[]
}

interface ShopLine {
  readonly sku: string
  readonly parent_item_id?: number
  readonly price: number
  readonly qty_ordered: number
  readonly qty_canceled?: number
  readonly discount_amount?: number
  readonly tax_amount?: number
}

/** A sales order as the ERP gives it. */
export interface ErpOrder {
  readonly externalId: string
  readonly discountTotal?: number
  readonly taxTotal?: number
  readonly shippingCost?: number
  readonly item: { readonly items: readonly ErpLine[] }
}

interface ErpLine {
  readonly item: { readonly refName: string }
  readonly quantity: number
  readonly amount: number
  readonly isClosed?: boolean
}

export interface Orders {
  readonly shop: readonly ShopOrder[]
  readonly erp: readonly ErpOrder[]
  readonly connection: string
  readonly vendor: RegExp
}

/** Of these states the ERP is to have nothing, or the order with every line closed. */
const ENDED: readonly string[] = ['canceled', 'closed', 'holded']

/** Every order of the vendor is in the ERP exactly once, with the shop's lines and amounts of that vendor, and no other is. */
export function compareOrders({ shop, erp, connection, vendor }: Orders): readonly string[] {
  const inErp = Map.groupBy(erp, (order) => order.externalId)
  const known = new Set(shop.map((order) => `${connection}-${order.increment_id}`))
  const unknown = [...inErp.keys()].filter((id) => !known.has(id))
  return [
    ...unknown.map((id) => `NetSuite has an order that the shop has not: ${id}`),
    ...shop.flatMap((order) => compareOrder(order, inErp.get(`${connection}-${order.increment_id}`) ?? [], vendor)),
  ]
}

function compareOrder(order: ShopOrder, found: readonly ErpOrder[], vendor: RegExp): readonly string[] {
  const top = order.items.filter((item) => item.parent_item_id === undefined)
  const lines = top.filter((item) => vendor.test(item.sku))
  const name = `order ${order.increment_id}`
  const [inErp] = found
  if (order.state !== 'processing' || lines.length === 0) {
    const open = found.some(({ item }) => item.items.some(({ isClosed }) => isClosed !== true))
    return ENDED.includes(order.state) && open ? [`${name} is ${order.state} in the shop and open in NetSuite`] : []
  }
  if (inErp === undefined || found.length > 1) return [`${name} is ${found.length} times in NetSuite`]
  const want = lines.map(lineText).toSorted().join(', ')
  const have = inErp.item.items.map(erpLineText).toSorted().join(', ')
  const differences = want === have ? [] : [`${name}: the shop has ${want}; NetSuite has ${have}`]
  return [...differences, ...compareAmounts(name, order, lines, lines.length === top.length, inErp)]
}

function lineText(line: ShopLine): string {
  const open = openQuantity(line)
  return text(line.sku, open, multiply(open, decimal8(line.price, 'price')))
}

function erpLineText({ item, quantity, amount }: ErpLine): string {
  return text(item.refName, decimal8(quantity, 'quantity'), decimal4(amount, 'amount'))
}

function text(sku: string, quantity: ReturnType<typeof decimal8>, amount: Decimal4): string {
  return `${sku} × ${text8(quantity)} = ${text4(amount)}`
}

function openQuantity(line: ShopLine) {
  return subtract(decimal8(line.qty_ordered, 'qty_ordered'), decimal8(line.qty_canceled ?? 0, 'qty_canceled'))
}

/** Discount and tax of whole lines are exact; the share of shipping is exact where all lines are the vendor's. */
function compareAmounts(name: string, order: ShopOrder, lines: readonly ShopLine[], all: boolean, erp: ErpOrder) {
  if (lines.some((line) => (line.qty_canceled ?? 0) > 0)) return []
  const amount = (value: number | undefined) => decimal4(value ?? 0, name)
  const discount = sum(lines.map((line) => magnitude(amount(line.discount_amount))))
  const tax = sum(lines.map((line) => amount(line.tax_amount)))
  const shipping = amount(order.shipping_amount)
  const shippingTax = amount(order.shipping_tax_amount)
  const have = { discount: amount(erp.discountTotal), tax: amount(erp.taxTotal), shipping: amount(erp.shippingCost) }
  return [
    ...outside(`discount of ${name}`, have.discount, discount, discount),
    ...outside(`tax of ${name}`, have.tax, all ? add(tax, shippingTax) : tax, add(tax, shippingTax)),
    ...outside(`shipping of ${name}`, have.shipping, all ? shipping : ZERO4, shipping),
  ]
}

function outside(what: string, have: Decimal4, least: Decimal4, most: Decimal4): readonly string[] {
  if (have >= least && have <= most) return []
  const want = least === most ? text4(least) : `${text4(least)} to ${text4(most)}`
  return [`${what} is ${text4(have)} in NetSuite, ${want} in the shop`]
}
