import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Connection } from '../../../src/configuration/model.ts'
import { canonicalJson } from '../../../src/events/canonical-json.ts'
import { add, type Decimal4, type Decimal8, subtract, sum, ZERO4 } from '../../../src/events/decimal.ts'
import type { Order, OrderLine, VendorOrderRequested } from '../../../src/events/generated/events.ts'
import { routeOrders } from '../../../src/processors/route-orders.ts'
import { splitOrder } from '../../../src/rules/split-order.ts'
import { connectionOf, contextOf, lineOf, orderChanged, orderOf } from '../../data/processor-events.ts'

/** SKUs begin with a letter that tells the owner; X is nobody's. */
const letters = ['A', 'B', 'C', 'X'] as const
const cents = (max: number) => fc.integer({ min: 0, max }).map((n) => (BigInt(n) * 100n) as Decimal4)
const quantity = fc.integer({ min: 1, max: 2_000_000_000 }).map((n) => BigInt(n) as Decimal8)

const group = fc.record({
  letter: fc.constantFrom(...letters),
  children: fc.integer({ min: 0, max: 2 }),
  quantityOrdered: quantity,
  rowTotal: cents(100_000),
  discount: cents(500),
  tax: cents(900),
})

const order = fc
  .record({
    groups: fc.array(group, { minLength: 1, maxLength: 8 }),
    shipping: cents(5_000),
    shippingTax: cents(500),
    giftCard: cents(3_000),
    storeCredit: cents(3_000),
    childrenFirst: fc.boolean(),
  })
  .map(({ groups, childrenFirst, ...amounts }) => {
    const lines = groups.flatMap(({ letter, children, ...own }, index): OrderLine[] => {
      const sku = `${letter}-${index}`
      const parent = lineOf(`${index}`, sku, own)
      const below = Array.from({ length: children }, (_, child) =>
        lineOf(`${index}.${child}`, sku, { parentLineId: `${index}`, rowTotal: ZERO4 }),
      )
      return childrenFirst ? [...below, parent] : [parent, ...below]
    })
    return orderOf(lines, amounts)
  })

const connections = fc
  .subarray(['A', 'B', 'C'])
  .map((owned) => owned.map((letter) => connectionOf(letter.toLowerCase(), `^${letter}-`)))

const partsOf = async (data: Order, list: readonly Connection[]): Promise<VendorOrderRequested[]> =>
  (await routeOrders.process(orderChanged(data), contextOf(...list), undefined)).outputs.flatMap(({ kind, event }) =>
    kind === 'vendor-orders' ? [event as VendorOrderRequested] : [],
  )

const topLevel = (lines: readonly OrderLine[]) => lines.filter(({ parentLineId }) => parentLineId === null)
const totals = (lines: readonly OrderLine[]) => ({
  subtotal: sum(topLevel(lines).map(({ rowTotal }) => rowTotal)),
  discount: sum(lines.map(({ discount }) => discount)),
  tax: sum(lines.map(({ tax }) => tax)),
  quantity: sum(lines.map(({ quantityOrdered }) => quantityOrdered)),
})

describe('Guarantee 7: lines are conserved', () => {
  it('every line is in the part of its owner, or in none', async () => {
    await fc.assert(
      fc.asyncProperty(order, connections, async (data, list) => {
        const parts = await partsOf(data, list)
        expect(splitOrder(data, list).unaccounted).toBe(0)
        for (const line of data.lines) {
          const owners = parts.filter((part) => part.data.lines.some(({ lineId }) => lineId === line.lineId))
          const expected = list.filter(({ id }) => id.toUpperCase() === line.sku[0]).map(({ id }) => id)
          expect(owners.map(({ connection }) => connection)).toEqual(expected)
        }
        expect(parts.flatMap((part) => part.data.lines).every((line) => data.lines.includes(line))).toBe(true)
      }),
    )
  })

  it('quantities and amounts of the parts are those of their lines', async () => {
    await fc.assert(
      fc.asyncProperty(order, connections, async (data, list) => {
        for (const part of await partsOf(data, list)) {
          const { quantity: _quantity, ...amounts } = totals(part.data.lines)
          expect(part.data).toMatchObject(amounts)
          const { subtotal, discount, shipping, shippingTax, tax, giftCard, storeCredit, grandTotal } = part.data
          const charged = [shipping, shippingTax, tax].reduce(add, subtract(subtotal, discount))
          expect(grandTotal).toBe([giftCard, storeCredit].reduce(subtract, charged))
        }
      }),
    )
  })

  it('shares add up to the order exactly when every line has an owner, and never beyond it', async () => {
    const shared = ['shipping', 'shippingTax', 'giftCard', 'storeCredit'] as const
    await fc.assert(
      fc.asyncProperty(order, connections, async (data, list) => {
        const parts = await partsOf(data, list)
        const owned = topLevel(data.lines).every(({ sku }) => list.some(({ id }) => id.toUpperCase() === sku[0]))
        for (const name of shared) {
          const given = sum(parts.map((part) => part.data[name]))
          expect(parts.every((part) => part.data[name] >= 0n)).toBe(true)
          if (owned) expect(given).toBe(data[name])
          else expect(given <= data[name]).toBe(true)
        }
      }),
    )
  })

  it('with an owner for the rest too, all parts together are the order', async () => {
    await fc.assert(
      fc.asyncProperty(order, async (data) => {
        const list = letters.map((letter) => connectionOf(letter.toLowerCase(), `^${letter}-`))
        const parts = await partsOf(data, list)
        expect(totals(parts.flatMap((part) => part.data.lines))).toEqual(totals(data.lines))
        expect(sum(parts.map((part) => part.data.shipping))).toBe(data.shipping)
      }),
    )
  })
})

describe('routing', () => {
  it('twice gives equal bytes', async () => {
    await fc.assert(
      fc.asyncProperty(order, connections, async (data, list) => {
        const event = orderChanged(data)
        const first = await routeOrders.process(event, contextOf(...list), undefined)
        const second = await routeOrders.process(event, contextOf(...list), first.state)
        expect(canonicalJson(second)).toBe(canonicalJson(first))
      }),
    )
  })

  it('supersedes whatever is older than what is remembered', async () => {
    await fc.assert(
      fc.asyncProperty(order, connections, fc.integer({ min: 1, max: 1_000_000 }), async (data, list, age) => {
        const event = orderChanged(data)
        const { state } = await routeOrders.process(event, contextOf(...list), undefined)
        const older = { ...event, occurredAt: (event.occurredAt ?? 0) - age }
        const again = await routeOrders.process(older, contextOf(...list), state)
        expect(again.outputs).toEqual([])
        expect(again.state).toBeUndefined()
        expect(again.decisions.every(({ status }) => status === 'superseded')).toBe(true)
        expect(again.decisions).toHaveLength(list.length)
      }),
    )
  })

  it('cancels the order of every vendor whose lines went, and only of these', async () => {
    await fc.assert(
      fc.asyncProperty(order, connections, fc.subarray(['A', 'B', 'C']), async (data, list, removed) => {
        const before = await routeOrders.process(orderChanged(data), contextOf(...list), undefined)
        const lines = data.lines.filter(({ sku }) => !removed.includes(sku[0] ?? ''))
        const readAt = orderChanged(data).readAt + 1
        const after = await routeOrders.process(
          orderChanged(orderOf(lines, { shipping: data.shipping }), { readAt }),
          contextOf(...list),
          before.state,
        )
        for (const { id } of list) {
          const letter = id.toUpperCase()
          const had = data.lines.some(({ sku }) => sku[0] === letter)
          const output = after.outputs.find(({ event }) => 'connection' in event && event.connection === id)
          expect(output === undefined).toBe(!had)
          if (output?.kind !== 'vendor-orders') continue
          expect(output.event.canceled).toBe(removed.includes(letter))
          expect(output.event.data.lines.length === 0).toBe(removed.includes(letter))
          if (output.event.canceled) expect(output.event.data.grandTotal).toBe(0n)
        }
      }),
    )
  })
})
