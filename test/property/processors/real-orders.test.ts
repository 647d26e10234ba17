import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  add,
  allocate,
  type Decimal4,
  type Decimal8,
  subtract,
  sum,
  ZERO4,
  ZERO8,
} from '../../../src/events/decimal.ts'
import type { Charge, Order, OrderLine } from '../../../src/events/generated/events.ts'
import { expectedTotal } from '../../../src/events/order-total.ts'
import { bundleSkus, withKnownBundles } from '../../../src/rules/components.ts'
import { minorUnit } from '../../../src/rules/currency.ts'
import {
  isVirtual,
  openQuantity,
  settleQuantities,
  vendorQuantity,
  withdrawnQuantity,
} from '../../../src/rules/quantities.ts'
import { splitOrder, topLevelLines } from '../../../src/rules/split-order.ts'
import { chargeTotals } from '../../../src/rules/vendor-charges.ts'
import { orderAmounts } from '../../../src/systems/sap-b1/order-amounts.ts'
import { connectionOf, lineOf, orderOf } from '../../data/processor-events.ts'

/** SKUs begin with a letter that tells the owner; X is the seller's. */
const letters = ['A', 'B', 'C', 'X'] as const
const kinds = ['simple', 'configurable', 'virtual', 'fixed', 'dynamic', 'composed'] as const
const PIECE = 100_000_000n
const pieces = (n: number) => (BigInt(n) * PIECE) as Decimal8

const row = fc.record({
  kind: fc.constantFrom(...kinds),
  letter: fc.constantFrom(...letters),
  parts: fc.array(
    fc.record({ letter: fc.constantFrom(...letters), each: fc.integer({ min: 1, max: 3 }), price: fc.nat(5_000) }),
    { minLength: 1, maxLength: 3 },
  ),
  ordered: fc.integer({ min: 1, max: 9 }),
  gone: fc.record({ canceled: fc.nat(9), shipped: fc.nat(9), refunded: fc.nat(9) }),
  price: fc.nat(20_000),
  discountShare: fc.nat(100),
  tax: fc.nat(900),
  productTax: fc.constantFrom(0, 0, 30),
})
type Row = typeof row extends fc.Arbitrary<infer T> ? T : never

/** So many of the smallest amount of a currency. */
const amountOf = (units: number, unit: Decimal4) => (BigInt(units) * unit) as Decimal4

function quantitiesOf({ ordered, gone }: Row) {
  const canceled = Math.min(gone.canceled, ordered)
  const shipped = Math.min(gone.shipped, ordered - canceled)
  const refunded = Math.min(gone.refunded, ordered - canceled)
  return {
    quantityOrdered: pieces(ordered),
    quantityCanceled: pieces(canceled),
    quantityShipped: pieces(shipped),
    quantityRefunded: pieces(refunded),
  }
}

function linesOf(value: Row, index: number, unit: Decimal4): OrderLine[] {
  const id = String(index)
  const { kind, letter, ordered } = value
  const isBundle = kind === 'fixed' || kind === 'dynamic' || kind === 'composed'
  const skuOf = (part: Row['parts'][number], at: number) => `${part.letter}-${index}.${at}`
  const priced = value.parts.map((part) => part.price * part.each * ordered)
  const isPriced = (kind === 'dynamic' || kind === 'composed') && priced.some((price) => price > 0)
  const units = isPriced ? priced.reduce((a, b) => a + b, 0) : value.price * ordered
  const discount = amountOf(Math.floor((units * value.discountShare) / 100), unit)
  const base = `${letter}-${index}`
  const sku = kind === 'composed' ? [base, ...value.parts.map(skuOf)].join('-') : base
  const parent = lineOf(id, sku, {
    ...quantitiesOf(value),
    productType: isBundle ? 'bundle' : kind,
    unitPrice: (ordered === 0 ? ZERO8 : (BigInt(units) * unit * 10_000n) / BigInt(ordered)) as Decimal8,
    rowTotal: amountOf(units, unit),
    discount,
    tax: amountOf(value.tax, unit),
  })
  const child = (lineId: string, more: Partial<OrderLine>) =>
    lineOf(lineId, sku, { parentLineId: id, unitPrice: ZERO8, rowTotal: ZERO4, ...more })
  if (kind === 'configurable') return [parent, child(`${id}.0`, { quantityOrdered: pieces(ordered) })]
  if (!isBundle) return [parent]
  const children = value.parts.map((part, at) => {
    const unitPrice = (BigInt(part.price) * unit * 10_000n) as Decimal8
    const rowTotal = amountOf(priced[at] ?? 0, unit)
    const own = { unitPrice, rowTotal, discount: ZERO4, tax: ZERO4 }
    const ownAmounts = isPriced && rowTotal > 0n ? own : null
    return child(`${id}.${at}`, { sku: skuOf(part, at), quantityOrdered: pieces(part.each * ordered), ownAmounts })
  })
  return [parent, ...children]
}

const order = fc
  .record({
    currency: fc.constantFrom('USD', 'JPY', 'KWD'),
    rows: fc.array(row, { minLength: 1, maxLength: 6 }),
    shipping: fc.nat(5_000),
    shippingTax: fc.nat(500),
    giftCard: fc.nat(500),
    fee: fc.constantFrom(0, 265),
  })
  .map(({ currency, rows, ...amounts }) => {
    const unit = minorUnit(currency)
    const lines = rows.flatMap((value, index) => linesOf(value, index, unit))
    const charge = (kind: string, units: number, lineId: string | null): Charge => {
      return { kind, name: null, lineId, amount: amountOf(units, unit), tax: ZERO4 }
    }
    const taxes = rows.flatMap(({ productTax, kind }, index) =>
      productTax === 0 || kind === 'composed' ? [] : [charge('fixed_product_tax', productTax, String(index))],
    )
    const charges = [...taxes, ...(amounts.fee === 0 ? [] : [charge('fee', amounts.fee, null)])]
    const [shipping, shippingTax, giftCard] = [amounts.shipping, amounts.shippingTax, amounts.giftCard].map((units) =>
      amountOf(units, unit),
    )
    const data = orderOf(lines, {
      currency,
      charges,
      shipping: shipping ?? ZERO4,
      shippingTax: shippingTax ?? ZERO4,
      giftCard: giftCard ?? ZERO4,
    })
    return { ...data, grandTotal: expectedTotal(data) }
  })

const everybody = letters.map((letter) => {
  return connectionOf(letter.toLowerCase(), `^${letter}-`, { charges: { fee: 'shared' } })
})
const vendors = everybody.slice(0, 3)
const AMOUNTS = ['subtotal', 'discount', 'tax', 'shipping', 'shippingTax', 'giftCard'] as const
const chargesOf = ({ charges }: Order) => sum(charges.map(({ amount }) => amount))

describe('Guarantee 7, with orders as real shops have them', () => {
  it('every line is accounted for: in one party, or by its components', () => {
    fc.assert(
      fc.property(order, fc.constantFrom(everybody, vendors, []), (data, connections) => {
        expect(splitOrder(data, connections).unaccounted).toBe(0)
      }),
    )
  })

  it('money: the parts of all owners add up to the order, in whole units of its currency', () => {
    fc.assert(
      fc.property(order, (data) => {
        const parts = splitOrder(data, everybody).parts.map((part) => part.order)
        for (const name of AMOUNTS) expect(sum(parts.map((part) => part[name]))).toBe(data[name])
        expect(sum(parts.map(chargesOf))).toBe(chargesOf(data))
        expect(sum(parts.map(({ grandTotal }) => grandTotal))).toBe(data.grandTotal)
        const unit = minorUnit(data.currency)
        for (const part of parts) for (const name of AMOUNTS) expect(part[name] % unit).toBe(0n)
        for (const part of parts) expect(part.grandTotal).toBe(expectedTotal(part))
      }),
    )
  })

  it('money: a part has the amounts of its lines, and none of the seller’s charges', () => {
    fc.assert(
      fc.property(order, (data) => {
        const plain = vendors.map((connection) => ({ ...connection, charges: {} }))
        for (const { order: part } of splitOrder(data, plain).parts) {
          expect(part.subtotal).toBe(sum(topLevelLines(part).map(({ rowTotal }) => rowTotal)))
          expect(part.discount).toBe(sum(part.lines.map(({ discount }) => discount)))
          expect(part.tax).toBe(sum(part.lines.map(({ tax }) => tax)))
          expect(part.charges.every(({ lineId }) => part.lines.some((line) => line.lineId === lineId))).toBe(true)
        }
      }),
    )
  })

  it('lines: each is with one owner at most, and a component with its own', () => {
    fc.assert(
      fc.property(order, (data) => {
        const { parts, claimedTwice } = splitOrder(data, vendors)
        expect(claimedTwice.size).toBe(0)
        const given = parts.flatMap((part) => part.order.lines.map((line) => ({ owner: part.connection, line })))
        expect(new Set(given.map(({ line }) => line.lineId)).size).toBe(given.length)
        for (const { owner, line } of given) {
          const isOwn = line.sku[0]?.toLowerCase() === owner
          // What nobody owns goes with the bundle or the variant that it is a part of.
          if (line.parentLineId === null) expect(isOwn || line.sku.startsWith('X')).toBe(true)
        }
        for (const line of topLevelLines(data)) {
          if (line.productType === 'bundle' || line.sku.startsWith('X')) continue
          expect(given.some((one) => one.line.lineId === line.lineId)).toBe(true)
        }
      }),
    )
  })

  it('quantities: what is withdrawn and what is the vendor’s are all that was ordered, also after the rest was shipped', () => {
    fc.assert(
      fc.property(order, (data) => {
        const { order: settled, takenBack } = settleQuantities(data)
        for (const line of topLevelLines(settled)) {
          const left = vendorQuantity(line)
          expect(add(left, withdrawnQuantity(line))).toBe(line.quantityOrdered)
          const open = openQuantity(line)
          expect(open >= 0n && open <= left).toBe(true)
          const before = data.lines.find(({ lineId }) => lineId === line.lineId)
          expect(before && vendorQuantity(before)).toBe(left)
          expect(before && openQuantity(before)).toBe(open)
        }
        // The vendor ships all that is open, and then all of it comes back.
        const shipped = topLevelLines(settled).map((line) => {
          const own = data.lines.find(({ lineId }) => lineId === line.lineId) ?? line
          return { ...own, quantityShipped: add(own.quantityShipped, openQuantity(line)) }
        })
        const returned = shipped.map((line) => {
          if (isVirtual(line)) return line
          return { ...line, quantityRefunded: subtract(line.quantityOrdered, line.quantityCanceled) }
        })
        for (const lines of [shipped, returned]) {
          const after = settleQuantities({ ...data, lines }, takenBack).order
          expect(after.lines.map(vendorQuantity)).toEqual(topLevelLines(settled).map(vendorQuantity))
        }
      }),
    )
  })

  it('bundles: as a product or as components, they cost the same and hold the same pieces', () => {
    fc.assert(
      fc.property(order, fc.func(fc.boolean()), (data, isKnown) => {
        const whole = settleQuantities(data).order
        const inParts = withKnownBundles(whole, (sku) => !bundleSkus(whole).includes(sku) || isKnown(sku))
        for (const name of ['rowTotal', 'discount', 'tax'] as const) {
          expect(sum(topLevelLines(inParts).map((line) => line[name]))).toBe(
            sum(topLevelLines(whole).map((line) => line[name])),
          )
        }
        expect(topLevelLines(inParts).every(({ rowTotal, discount }) => rowTotal >= 0n && discount >= 0n)).toBe(true)
        for (const line of topLevelLines(inParts)) {
          const parent = whole.lines.find(({ lineId }) => lineId === line.lineId)?.parentLineId
          const bundle = whole.lines.find(({ lineId }) => lineId === parent)
          if (bundle === undefined) continue
          const each = line.quantityOrdered / bundle.quantityOrdered
          expect(vendorQuantity(line)).toBe(vendorQuantity(bundle) * each)
          expect(openQuantity(line)).toBe(openQuantity(bundle) * each)
        }
      }),
    )
  })

  it('SAP: lines are whole units, none less than nothing, and add up to what is left', () => {
    fc.assert(
      fc.property(order, (data) => {
        const settled = settleQuantities(data).order
        for (const { order: part } of splitOrder(settled, vendors).parts) {
          const { lines, net, unit, tax, shipping } = orderAmounts(part)
          expect(sum(lines.map((line) => line.net))).toBe(net)
          expect(lines.every((line) => line.net >= 0n && line.net % unit === 0n)).toBe(true)
          const isWhole = topLevelLines(part).every((line) => withdrawnQuantity(line) === 0n)
          if (!isWhole) continue
          expect(net).toBe(subtract(part.subtotal, part.discount))
          const charged = chargeTotals(part)
          expect(tax).toBe([part.shippingTax, charged.tax].reduce(add, part.tax))
          expect(shipping).toBe(add(part.shipping, charged.shipping))
        }
      }),
    )
  })

  it('shares are whole units of the currency: 500 yen among three are 167, 167 and 166', () => {
    const yen = minorUnit('JPY')
    expect(allocate(amountOf(500, yen), [1n, 1n, 1n], yen)).toEqual([167, 167, 166].map((n) => amountOf(n, yen)))
  })
})
