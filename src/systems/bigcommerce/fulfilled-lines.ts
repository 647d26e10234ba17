import { StreamError } from '../../errors.ts'
import { type Decimal8, sum, text8, ZERO8 } from '../../events/decimal.ts'
import type { Fulfilment, FulfilmentLine } from '../../events/generated/events.ts'
import { openQuantity } from '../../rules/quantities.ts'
import { skuKey } from '../kit/sku.ts'
import { quantityOf, textOf, type Wire } from '../kit/wire.ts'

/** Quantity of an order line. */
export interface Item {
  readonly order_product_id: number
  readonly quantity: number
}

/** The items of one shipment to one address. */
export interface ShipmentPart {
  readonly addressId: number
  readonly items: readonly Item[]
}

/** The target of a fulfilment: an order, and its address if the number names one. */
export interface OrderPlace {
  readonly orderId: string
  readonly addressId: string | null
}

/**
 * Parses `100`, or `100-1021` for the part of order 100 that goes to address 1021. Throws `target_rejected` for
 * anything else.
 */
export function orderPlace({ orderNumber }: Fulfilment): OrderPlace {
  const match = /^(\d+)(?:-(\d+))?$/.exec(orderNumber)
  const [, orderId, addressId = null] = match ?? []
  if (orderId !== undefined) return { orderId, addressId }
  throw new StreamError('target_rejected', `orderNumber "${orderNumber}" is not a BigCommerce order number`, {
    field: 'orderNumber',
  })
}

/**
 * Allocates the fulfilment's lines to the order's lines, by address. `open`: quantity of a line that can still be
 * shipped. A line is matched by the shop's line id, else by SKU, where several lines may share the quantity. Throws
 * `target_rejected` for a line that the order does not have, and `target_conflict` for more than is open.
 */
export function shipmentParts(
  lines: readonly FulfilmentLine[],
  products: readonly Wire[],
  open: (product: Wire) => number,
  addressId: string | null,
): ShipmentPart[] {
  const taken = new Map<Wire, number>()
  for (const [index, line] of withWholeBundles(lines, products).entries()) {
    const candidates = linesOf(line, products, addressId)
    if (candidates.length === 0) throw unknownLineError(line, index)
    let left = wholePieces(line.quantity, index)
    for (const product of candidates) {
      const used = Math.min(left, open(product) - (taken.get(product) ?? 0))
      if (used <= 0) continue
      taken.set(product, (taken.get(product) ?? 0) + used)
      left -= used
    }
    if (left > 0) throw tooManyPiecesError(line, index, left)
  }
  const items = products.filter((product) => (taken.get(product) ?? 0) > 0)
  return [...Map.groupBy(items, (product) => Number(textOf(product['order_address_id']) ?? 0))]
    .map(([address, own]) => ({
      addressId: address,
      items: own.map((product) => ({ order_product_id: lineId(product), quantity: taken.get(product) ?? 0 })),
    }))
    .toSorted((a, b) => a.addressId - b.addressId)
}

/**
 * Replaces lines of components that make whole bundles by lines of the bundles, because a shop ships what was sold.
 * Other lines stay unchanged.
 */
function withWholeBundles(lines: readonly FulfilmentLine[], products: readonly Wire[]): readonly FulfilmentLine[] {
  const wholeOf = (product: Wire) => textOf(product['parent_order_product_id'])
  const bundles = products.filter((product) => products.some((one) => wholeOf(one) === textOf(product['id'])))
  return bundles.reduce((left, bundle) => {
    const id = textOf(bundle['id'])
    const parts = products.filter((product) => wholeOf(product) === id)
    const own = left.filter((line) => parts.some((part) => textOf(part['id']) === line.lineId))
    const [first, ...others] = parts.map((part) => {
      const pieces = sum(own.filter(({ lineId: of }) => of === textOf(part['id'])).map(({ quantity }) => quantity))
      const ordered = quantityOf(part, 'quantity', 'products.') ?? ZERO8
      const ofBundle = quantityOf(bundle, 'quantity', 'products.') ?? ZERO8
      return ordered === 0n ? ZERO8 : ((((pieces as bigint) * ofBundle) / ordered) as Decimal8)
    })
    const [line] = own
    if (line === undefined || !first || others.some((one) => one !== first)) return left
    const whole = { ...line, lineId: id, sku: skuKey(bundle['sku']) ?? '', quantity: first }
    return [...left.filter((one) => !own.includes(one)), whole]
  }, lines)
}

/**
 * Quantity of an order line that can still be shipped. `ours`: shipped pieces that count as not shipped, even if they
 * were returned since.
 */
export function openPieces(product: Wire, ours = 0): number {
  const quantity = (name: string) => quantityOf(product, name, 'products.') ?? ZERO8
  const open = openQuantity({
    productType: textOf(product['type']) ?? 'physical',
    quantityOrdered: quantity('quantity'),
    quantityCanceled: ZERO8,
    quantityShipped: quantity('quantity_shipped'),
    quantityRefunded: quantity('quantity_refunded'),
  })
  return ours + Number(open / PIECE)
}

export function lineId(product: Wire): number {
  return Number(textOf(product['id']))
}

/** A match by SKU leaves out components: they belong to their parent's line. */
function linesOf({ lineId: id, sku }: FulfilmentLine, products: readonly Wire[], addressId: string | null): Wire[] {
  const byId = products.filter((product) => id !== null && textOf(product['id']) === id)
  if (byId.length > 0) return byId
  return products
    .filter((product) => skuKey(product['sku']) === sku && textOf(product['parent_order_product_id']) === null)
    .filter((product) => addressId === null || textOf(product['order_address_id']) === addressId)
    .toSorted((a, b) => addressOf(a) - addressOf(b) || lineId(a) - lineId(b))
}

const addressOf = (product: Wire): number => Number(textOf(product['order_address_id']) ?? 0)

const PIECE = 100_000_000n

function wholePieces(quantity: Decimal8, index: number): number {
  if (quantity >= 0n && quantity % PIECE === 0n) return Number(quantity / PIECE)
  throw new StreamError(
    'target_rejected',
    `lines[${index}].quantity is ${text8(quantity)}; only whole pieces can be shipped`,
    {
      field: `lines[${index}].quantity`,
    },
  )
}

function unknownLineError({ sku }: FulfilmentLine, index: number): StreamError {
  const message = `lines[${index}]: the order has no line with ${sku}; check whether it was removed from the order`
  return new StreamError('target_rejected', message, { field: `lines[${index}].sku` })
}

function tooManyPiecesError({ sku }: FulfilmentLine, index: number, left: number): StreamError {
  const message = `lines[${index}]: ${left} of ${sku} exceed the open quantity of the order; check whether it was shipped by hand`
  return new StreamError('target_conflict', message, { field: `lines[${index}].quantity`, details: { left } })
}
