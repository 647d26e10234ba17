import { StreamError } from '../../errors.ts'
import { type Decimal8, sum, text8, ZERO8 } from '../../events/decimal.ts'
import type { Fulfilment, FulfilmentLine } from '../../events/generated/events.ts'
import { openQuantity } from '../../rules/quantities.ts'
import { skuKey } from '../kit/sku.ts'
import { quantityOf, textOf, type Wire } from '../kit/wire.ts'

/** Pieces of an order's line. */
export interface Item {
  readonly order_product_id: number
  readonly quantity: number
}

/** What goes to one address in one shipment. */
export interface ShipmentPart {
  readonly addressId: number
  readonly items: readonly Item[]
}

/** Where a fulfilment belongs: an order, and the address of it that its number names. */
export interface OrderPlace {
  readonly orderId: string
  readonly addressId: string | null
}

/** `100`, or `100-1021` for the part of order 100 that goes to address 1021. Throws `target_rejected` for what is neither. */
export function orderPlace({ orderNumber }: Fulfilment): OrderPlace {
  const match = /^(\d+)(?:-(\d+))?$/.exec(orderNumber)
  const [, orderId, addressId = null] = match ?? []
  if (orderId !== undefined) return { orderId, addressId }
  throw new StreamError('target_rejected', `orderNumber "${orderNumber}" is no number of a BigCommerce order`, {
    field: 'orderNumber',
  })
}

/**
 * The fulfilment's lines as pieces of the order's, by address. `open`: pieces of a line that can still be shipped. A line is
 * found by the shop's id of it, else by its SKU, where several lines may share what is needed. Throws `target_rejected` for
 * a line that the order does not have, and `target_conflict` for more than is open.
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

/** Lines of components that make whole bundles, as lines of these: a shop ships what was sold. The others stay as they are. */
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
 * Pieces of an order's line that can still be shipped; `ours` of those that are shipped count as not shipped, also where they
 * came back since.
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

/** Components stay with the line they belong to. */
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
    `lines[${index}].quantity is ${text8(quantity)}; a shop ships whole pieces`,
    {
      field: `lines[${index}].quantity`,
    },
  )
}

function unknownLineError({ sku }: FulfilmentLine, index: number): StreamError {
  const message = `lines[${index}]: the order has no line of ${sku}; was it taken out of the order?`
  return new StreamError('target_rejected', message, { field: `lines[${index}].sku` })
}

function tooManyPiecesError({ sku }: FulfilmentLine, index: number, left: number): StreamError {
  const message = `lines[${index}]: ${left} of ${sku} are more than the order has open; was it shipped by hand?`
  return new StreamError('target_conflict', message, { field: `lines[${index}].quantity`, details: { left } })
}
