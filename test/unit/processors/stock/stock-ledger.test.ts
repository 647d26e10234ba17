import { describe, expect, it } from 'vitest'
import { reserving, SKU, stockWorld } from '../../../worlds/stock-world.ts'

const MINUTE_MS = 60_000
const row = (total: string, reserved: string) => ({ sku: SKU, total, reserved })

/** Two shops that sell the stock of one vendor, of which there are five pieces. */
async function twoShops() {
  const world = stockWorld([reserving('one'), reserving('two')])
  const [one, two] = [world.reader('one'), world.reader('two')]
  await world.level(5)
  await world.project()
  expect([await one(), await two()]).toEqual([[row('5', '0')], [row('5', '0')]])
  const pass = async (minutes: number) => {
    world.clock.time += minutes * MINUTE_MS
  }
  return { ...world, one, two, pass }
}

describe('stock that orders claim', () => {
  it('is not sold again by any shop of the vendor, from the next poll on', async () => {
    const { order, project, one, two } = await twoShops()
    await order('one', '100', 2)
    await project()
    expect([await one(), await two()]).toEqual([[row('3', '2')], [row('3', '2')]])
    await order('two', '7', 1)
    await project()
    expect([await one(), await two()]).toEqual([[row('2', '3')], [row('2', '3')]])
  })

  it('stays claimed until stock is read that includes the order, and no reader sees it without either', async () => {
    const { order, report, level, project, one, pass } = await twoShops()
    await order('one', '100', 2)
    await project()
    await one()
    await pass(1)
    await report('one', '100', 'succeeded')
    await project()
    expect(await one()).toEqual([])
    await level(5, Date.UTC(2026, 5, 1) + MINUTE_MS / 2)
    await project()
    expect(await one()).toEqual([])
    await pass(1)
    await level(3)
    await project()
    expect(await one()).toEqual([row('3', '0')])
  })

  it('follows the changes and the cancellation of the order', async () => {
    const { order, report, level, project, one, pass } = await twoShops()
    await order('one', '100', 2)
    await order('one', '100', 3, { version: 2 })
    await order('one', '100', 1, { version: 1 })
    await project()
    expect(await one()).toEqual([row('2', '3')])
    await pass(1)
    await report('one', '100', 'succeeded', { version: 2 })
    await pass(1)
    await level(2)
    await order('one', '100', 4, { version: 3 })
    await project()
    expect(await one()).toEqual([row('1', '1')])
    await order('one', '100', 0, { version: 4, canceled: true })
    await project()
    expect(await one()).toEqual([row('2', '0')])
  })

  it('stays claimed while the vendor has the order on hold: its stock does not include it', async () => {
    const { order, report, level, project, one, pass } = await twoShops()
    await order('one', '100', 2)
    await report('one', '100', 'succeeded')
    await pass(1)
    await level(3)
    await project()
    expect(await one()).toEqual([row('3', '0')])
    await order('one', '100', 2, { version: 2, held: true })
    await project()
    expect(await one()).toEqual([row('1', '2')])
    await pass(1)
    await report('one', '100', 'succeeded', { version: 2 })
    await pass(1)
    await level(5)
    await project()
    expect(await one()).toEqual([row('3', '2')])
    await order('one', '100', 2, { version: 3 })
    await project()
    expect(await one()).toEqual([])
    await report('one', '100', 'succeeded', { version: 3 })
    await pass(1)
    await level(3)
    await project()
    expect(await one()).toEqual([row('3', '0')])
  })

  it('of an order that could not be put on hold is not claimed twice', async () => {
    const { order, report, level, project, one, pass } = await twoShops()
    await order('one', '100', 2)
    await report('one', '100', 'succeeded')
    await pass(1)
    await level(3)
    await order('one', '100', 2, { version: 2, held: true })
    await project()
    expect(await one()).toEqual([row('1', '2')])
    await report('one', '100', 'failed', { version: 2 })
    await project()
    expect(await one()).toEqual([row('3', '0')])
  })

  it.each([
    ['failed', null],
    ['ignored', 'person_forgotten'],
    ['succeeded', 'canceled_by_hand'],
  ])('is sold again when the vendor does not get the order: %s %s', async (status, code) => {
    const { order, report, project, one } = await twoShops()
    await order('one', '100', 2)
    await project()
    await one()
    await report('one', '100', status, { code })
    await project()
    expect(await one()).toEqual([row('5', '0')])
  })

  it('counts once, whatever comes again and in whatever order the stages get it', async () => {
    const { order, report, level, project, one, pass, log } = await twoShops()
    await pass(1)
    const settle = await report('one', '100', 'succeeded')
    const reserve = await order('one', '100', 2)
    await project()
    expect(await one()).toEqual([row('3', '2')])
    await reserve()
    await settle()
    await project({ again: 2 })
    expect(await one()).toEqual([])
    await pass(1)
    await level(3)
    await project()
    await reserve()
    await settle()
    await project({ again: 4 })
    expect(await one()).toEqual([row('3', '0')])
    expect(log.flat().length).toBeGreaterThan(8)
  })

  describe('and acknowledged, where its level does not change or is held up', () => {
    /** An order of two pieces, acknowledged; then a complete read of the vendor's stock, 20 minutes later. */
    async function acknowledged(level: number | null) {
      const world = await twoShops()
      const { order, report, project, one, pass, read } = world
      await order('one', '100', 2)
      await report('one', '100', 'succeeded')
      await project()
      await one()
      await pass(20)
      await read(level)
      /** Checks what is due, and gives what the shop receives. */
      const check = async () => {
        await pass(16)
        await world.tick()
        await project()
        return await one()
      }
      return { ...world, check }
    }

    it('is part of the stock once a complete read some time later is in the feed', async () => {
      const { check, map, idle, read, order } = await acknowledged(null)
      expect(await check()).toEqual([])
      await map()
      await idle()
      expect(await check()).toEqual([])
      expect(await check()).toEqual([row('5', '0')])
      // An order that changes brings no piece again that a read has included.
      await read(null)
      await order('one', '100', 3, { version: 2 })
      expect(await check()).toEqual([row('4', '1')])
    })

    it('is not, after a read less than 15 minutes later', async () => {
      const { order, report, project, one, pass, read, tick, map, idle } = await twoShops()
      await order('one', '100', 2)
      await report('one', '100', 'succeeded')
      await project()
      await one()
      await pass(14)
      await read(null)
      for (let checks = 0; checks < 4; checks += 1) {
        await pass(16)
        await map()
        await idle()
        await tick()
        await project()
        expect(await one()).toEqual([])
      }
    })

    it('stays claimed while the mapping does not go on, however often the stock is read, until the level is in the row', async () => {
      const { check, read, map } = await acknowledged(3)
      for (let checks = 0; checks < 8; checks += 1) {
        await read(null)
        expect(await check()).toEqual([])
      }
      await map()
      expect(await check()).toEqual([row('3', '0')])
    })

    it.each(['waiting', 'failed'] as const)('stays claimed while the change of its level is held: %s', async (how) => {
      const { check, read, map, idle } = await acknowledged(3)
      const takeUp = await map(how)
      for (let checks = 0; checks < 8; checks += 1) {
        await read(null)
        await map()
        await idle()
        expect(await check()).toEqual([])
      }
      await takeUp?.()
      expect(await check()).toEqual([row('3', '0')])
    })

    it('stays claimed as long as the report of a held change may be under way', async () => {
      const { check, map, idle, tick, pass, project, one } = await acknowledged(null)
      expect(await check()).toEqual([])
      await map()
      await idle()
      expect(await check()).toEqual([])
      await pass(1)
      await tick()
      await project()
      expect(await one()).toEqual([])
    })
  })

  it('gets to a row that the feed has only later', async () => {
    const { order, level, project, one, pass, tick } = await twoShops()
    await order('one', '100', 2, { sku: 'A-2' })
    await level(9, undefined, 'A-2')
    await project()
    expect(await one()).toEqual([{ sku: 'A-2', total: '9', reserved: '0' }])
    await pass(2)
    await tick()
    await project()
    expect(await one()).toEqual([{ sku: 'A-2', total: '7', reserved: '2' }])
  })

  it('gets to the row of one shop that comes later than those of the others', async () => {
    const world = stockWorld([reserving('one'), reserving('two')])
    const two = world.reader('two')
    await world.level(9, undefined, SKU, { of: [reserving('one')] })
    await world.project()
    await world.order('one', '100', 2)
    await world.project()
    await world.level(9, world.clock.time + 1)
    await world.project()
    expect(await two()).toEqual([row('9', '0')])
    world.clock.time += 2 * MINUTE_MS
    await world.tick()
    await world.project()
    expect(await two()).toEqual([row('7', '2')])
  })

  it('is free again in a row that was deleted meanwhile', async () => {
    const { order, level, project, one, clock } = await twoShops()
    await order('one', '100', 2)
    await level(5, clock.time + 1, SKU, { deleted: true })
    await project()
    await order('one', '100', 0, { version: 2, canceled: true })
    await project()
    await level(5, clock.time + 2)
    await project()
    expect(await one()).toEqual([row('5', '0')])
  })

  it('is reserved from the last time that an order wanted it again, however late the reports come', async () => {
    const { order, report, level, project, one, pass } = await twoShops()
    await order('one', '100', 2)
    await report('one', '100', 'succeeded')
    await pass(1)
    await order('one', '100', 0, { version: 2, canceled: true })
    await order('one', '100', 2, { version: 3 })
    await pass(1)
    await level(5)
    await pass(1)
    await report('one', '100', 'succeeded', { version: 3 })
    await project()
    expect(await one()).toEqual([row('3', '2')])
  })

  it('is never claimed for more than thirty days, nor by what is older', async () => {
    const { order, project, one, pass, tick } = await twoShops()
    const again = await order('one', '100', 2)
    await project()
    await one()
    await pass(31 * 24 * 60)
    await tick()
    await project()
    expect(await one()).toEqual([row('5', '0')])
    await again()
    await project()
    expect(await one()).toEqual([])
  })

  it('is nothing of a connection that does not reserve', async () => {
    const world = stockWorld([reserving('one'), reserving('two', { sellableStock: { buffer: { fixed: 1 } } })])
    const two = world.reader('two')
    await world.level(5)
    await world.project()
    await two()
    await world.order('one', '100', 2)
    await world.project()
    expect(await two()).toEqual([])
  })
})
