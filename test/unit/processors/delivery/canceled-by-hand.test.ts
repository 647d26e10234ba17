import { describe, expect, it } from 'vitest'
import { StreamError } from '../../../../src/errors.ts'
import { contentDigest } from '../../../../src/events/identity.ts'
import { createParking } from '../../../../src/platform/runtime/parking.ts'
import { createDeliveries } from '../../../../src/processors/delivery/deliveries.ts'
import { sinkWorld, version } from '../../../worlds/sink-world.ts'
import { virtualClock } from '../../platform/runtime/virtual-clock.ts'

const KEY = 'vendor-orders|1'
const CANCELLATION = { by: 'ann', reason: 'no stock', at: '2026-01-31T08:00:00.000Z' }
/** Of the shop's own cancellation, too. */
const CANCELED = contentDigest({ deleted: true, data: { orderNumber: version('1', 1).data.orderNumber } })

type World = ReturnType<typeof sinkWorld>

/** As the operations do it: what is decided first, then a look at the vendor. */
async function decide({ tables }: World, cancellation: typeof CANCELLATION | null) {
  const row = await createDeliveries(tables).cancel('a', KEY, cancellation)
  if (row?.origin == null) return
  const check = { connection: 'a', key: KEY, attempts: 0, firstAt: 0, mark: `${cancellation?.at}`, told: true }
  await createParking(tables, 'deliver-netsuite', row.origin.partition).check(check, 0)
}

describe('an order that somebody canceled at the vendor', () => {
  it('is canceled there, as the shop would have it canceled, and says who did it', async () => {
    const world = sinkWorld(virtualClock())
    const worker = world.worker()
    await worker.handle(world.append(version('1', 1)))
    await decide(world, CANCELLATION)
    expect(await worker.tick()).toEqual(['1 succeeded canceled_by_hand'])
    expect(world.writes).toEqual(['a-1 v1', `a-1 ${CANCELED}`])
    expect(await world.parked()).toEqual([])
  })

  it('stays canceled when the shop edits or cancels it later: nothing is sent', async () => {
    const world = sinkWorld(virtualClock())
    const worker = world.worker()
    await worker.handle(world.append(version('1', 1)))
    await decide(world, CANCELLATION)
    await worker.tick()
    expect(await worker.handle(world.append(version('1', 2)))).toEqual(['1 succeeded canceled_by_hand'])
    const { data } = version('1', 3)
    const byTheShop = { ...version('1', 3), canceled: true, contentDigest: CANCELED, data: { ...data, lines: [] } }
    expect(await worker.handle(world.append(byTheShop))).toEqual(['1 succeeded canceled_by_hand'])
    expect(world.writes).toHaveLength(2)
  })

  it('is sent again, as the shop has it by then, when that is taken back', async () => {
    const world = sinkWorld(virtualClock())
    const worker = world.worker()
    await worker.handle(world.append(version('1', 1)))
    await decide(world, CANCELLATION)
    await worker.tick()
    await worker.handle(world.append(version('1', 2)))
    await decide(world, null)
    expect(await worker.tick()).toEqual(['1 succeeded sent_again'])
    expect(world.target.get('a-1')).toBe('v2')
    expect(await worker.handle(world.append(version('1', 3)))).toEqual(['1 succeeded'])
  })

  it('is not sent at all where nothing was sent yet', async () => {
    const world = sinkWorld(virtualClock())
    const events: boolean[] = []
    const worker = world.worker({ deliver: async (event) => void events.push(event.canceled) })
    await decide(world, CANCELLATION)
    expect(await worker.handle(world.append(version('1', 1)))).toEqual(['1 succeeded canceled_by_hand'])
    expect(events).toEqual([true])
  })

  it('says what the vendor refuses of it, and by whom it was canceled', async () => {
    const world = sinkWorld(virtualClock())
    const worker = world.worker({
      deliver: async (event, write) => {
        if (event.canceled) throw new StreamError('cancellation_refused', 'it is shipped')
        write()
      },
    })
    await worker.handle(world.append(version('1', 1)))
    await decide(world, CANCELLATION)
    expect(await worker.tick()).toEqual(['1 ignored cancellation_refused'])
    expect(world.target.get('a-1')).toBe('v1')
  })

  it('is canceled by another worker where the first one was cut off', async () => {
    const world = sinkWorld(virtualClock())
    const dying = world.worker({
      deliver: async (event, write) => {
        if (event.canceled) throw new StreamError('stopping', 'cut off')
        write()
      },
    })
    await dying.handle(world.append(version('1', 1)))
    await decide(world, CANCELLATION)
    await expect(dying.tick()).rejects.toMatchObject({ code: 'stopping' })
    expect(await world.worker().tick()).toEqual(['1 succeeded canceled_by_hand'])
    expect(world.target.get('a-1')).toBe(CANCELED)
  })
})

describe('an order that is sent again', () => {
  it('is found at the vendor, and there once', async () => {
    const world = sinkWorld(virtualClock())
    const worker = world.worker()
    await worker.handle(world.append(version('1', 1)))
    await decide(world, null)
    expect(await worker.tick()).toEqual(['1 succeeded sent_again'])
    expect(world.writes).toEqual(['a-1 v1'])
  })

  it('is made anew where the vendor has lost it', async () => {
    const world = sinkWorld(virtualClock())
    const worker = world.worker()
    await worker.handle(world.append(version('1', 1)))
    world.target.clear()
    await decide(world, null)
    expect(await worker.tick()).toEqual(['1 succeeded sent_again'])
    expect(world.writes).toEqual(['a-1 v1', 'a-1 v1'])
  })

  it('gives way to a newer version that came meanwhile', async () => {
    const world = sinkWorld(virtualClock())
    const worker = world.worker()
    await worker.handle(world.append(version('1', 1)))
    await decide(world, null)
    await worker.handle(world.append(version('1', 2)))
    expect(await worker.tick()).toEqual(['1 succeeded sent_again'])
    expect(world.writes).toEqual(['a-1 v1', 'a-1 v2'])
  })
})
