import { describe, expect, it } from 'vitest'
import type { Oversell } from '../../../../src/configuration/model.ts'
import { reserving, SKU, stockWorld } from '../../../worlds/stock-world.ts'

const HOUR_MS = 3_600_000
const NOW = Date.UTC(2026, 5, 1)
const row = (total: string, reserved: string) => ({ sku: SKU, total, reserved })
const held = { sku: SKU, total: '0', reason: 'oversold', held_until: '2026-06-01T04:00:00.000Z' }

/** Two shops of a vendor that has some pieces; the second one does not ask for holds. */
async function twoShops(pieces: number, oversell: Oversell = { holdMinutes: 240 }) {
  const world = stockWorld([
    reserving('one', { sellableStock: { reserve: true, oversell } }),
    reserving('two', { sellableStock: { reserve: true } }),
  ])
  const [one, two] = [world.reader('one'), world.reader('two')]
  await world.level(pieces)
  await world.project()
  await one()
  await two()
  return { ...world, one, two }
}

describe('an order that the vendor cancels for lack of stock', () => {
  it('holds the SKU although the feed has some, until the hold ends by itself', async () => {
    const { cancel, project, one, two, clock, tick, oversold, level } = await twoShops(5)
    const again = await cancel('one', '100', 'Out of Stock')
    await project()
    expect([await one(), await two()]).toEqual([[held], [row('5', '0')]])
    expect(await oversold()).toEqual([{ sku: SKU, since: NOW, heldUntil: NOW + 4 * HOUR_MS }])
    clock.time += HOUR_MS
    await again()
    await level(7)
    await project()
    expect([await one(), await two()]).toEqual([[held], [row('7', '0')]])
    clock.time += 3 * HOUR_MS + 1_000
    await tick()
    await project()
    expect(await one()).toEqual([row('7', '0')])
    expect(await oversold()).toEqual([])
    await again()
    await project()
    expect(await one()).toEqual([])
  })

  it.each([
    ['for another reason', 5, 'The customer asked for it', undefined],
    ['without a reason', 5, null, undefined],
    ['where the feed has none either', 0, 'out of stock', undefined],
    ['for a reason that the connection does not name', 5, 'out of stock', ['nicht lieferbar']],
  ])('holds nothing %s', async (_what, pieces, reason, reasons) => {
    const { cancel, project, one, oversold } = await twoShops(pieces, {
      holdMinutes: 240,
      ...(reasons === undefined ? {} : { reasons }),
    })
    await cancel('one', '100', reason)
    await project()
    expect([await one(), await oversold()]).toEqual([[], []])
  })

  it('holds nothing when it is of another connection, or of an order that is not ours', async () => {
    const { cancel, project, one, oversold } = await twoShops(5)
    await cancel('two', '100', 'out of stock')
    await cancel('three', '100', 'out of stock')
    await project()
    expect([await one(), await oversold()]).toEqual([[], []])
  })
})

it('orders that claim more than the vendor has are noticed before the vendor gets them, until there is enough', async () => {
  const { order, project, oversold, level, clock, tick } = await twoShops(1)
  await order('one', '100', 1)
  expect(await oversold()).toEqual([])
  clock.time += 1_000
  await order('two', '7', 1)
  expect(await oversold()).toEqual([{ sku: SKU, since: NOW + 1_000, heldUntil: null }])
  await level(2)
  await project()
  clock.time += 120_000
  await tick()
  expect(await oversold()).toEqual([])
})

describe('an oversell that another stage has ended', () => {
  /** One piece, and two orders for it, of which the vendor is told one while the second is being reserved. */
  async function raced() {
    const world = await twoShops(1)
    await world.order('one', '100', 1)
    world.clock.time += 1_000
    return world
  }

  it('is not reported where the claims of the first try lost against those of that stage', async () => {
    const { order, report, tables, oversold } = await raced()
    const put = tables.put
    let hasRaced = false
    tables.put = async (table, item, condition) => {
      if (!hasRaced && String(item['part']).startsWith('sku#')) {
        hasRaced = true
        await report('one', '100', 'failed')
      }
      return await put(table, item, condition)
    }
    await order('two', '7', 1)
    expect(hasRaced).toBe(true)
    expect(await oversold()).toEqual([])
  })

  it('is not reported any more after the next check, where the process ended between its two writes', async () => {
    const { order, report, tables, oversold, clock, tick } = await raced()
    const put = tables.put
    tables.put = async (table, item, condition) => {
      if (String(item['part']).startsWith('sku#')) throw new Error('the process ended')
      return await put(table, item, condition)
    }
    await expect(order('two', '7', 1)).rejects.toThrow('the process ended')
    tables.put = put
    await report('one', '100', 'failed')
    expect(await oversold()).toHaveLength(1)
    clock.time += 120_000
    await tick()
    expect(await oversold()).toEqual([])
  })
})
