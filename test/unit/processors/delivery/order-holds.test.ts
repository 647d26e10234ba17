import { describe, expect, it } from 'vitest'
import { putOrderHold } from '../../../../src/control/order-holds.ts'
import { NEVER } from '../../../../src/control/read-holds.ts'
import { StreamError } from '../../../../src/errors.ts'
import { createParking } from '../../../../src/platform/runtime/parking.ts'
import { createDeliveries } from '../../../../src/processors/delivery/deliveries.ts'
import { gate, sinkWorld, version } from '../../../worlds/sink-world.ts'
import { virtualClock } from '../../platform/runtime/virtual-clock.ts'

/** Order `1` is held, as the operation does it. */
async function hold(world: ReturnType<typeof sinkWorld>, until: number, reason = 'fraud?') {
  const since = '2026-01-31T08:00:00.000Z'
  const { source } = version('1', 1)
  const place = { connection: 'a', source, number: '1' }
  await putOrderHold(world.tables, { ...place, reason, by: 'ann', since, until })
  return await createDeliveries(world.tables).hold('a', 'vendor-orders|1', until)
}

async function release({ tables }: ReturnType<typeof sinkWorld>) {
  await createDeliveries(tables).release('a', 'vendor-orders|1')
  await createParking(tables, 'deliver-netsuite', 3).wake('a', 'vendor-orders|1')
}

describe('an order that is held', () => {
  it('waits, and nothing else of its partition does', async () => {
    const world = sinkWorld(virtualClock())
    const worker = world.worker()
    await hold(world, NEVER)
    const batch = [world.append(version('1', 1)), world.append(version('2', 1))]
    expect((await worker.handle(...batch)).toSorted()).toEqual(['1 waiting order_held', '2 succeeded'])
    expect(world.writes).toEqual(['a-2 v1'])
    expect(await world.parked()).toMatchObject([{ message: 'held by ann until it is released: fraud?' }])
  })

  it('has its newer versions wait behind it; the newest is sent when it is released', async () => {
    const world = sinkWorld(virtualClock())
    const worker = world.worker()
    await worker.handle(world.append(version('1', 1)))
    expect(await hold(world, NEVER)).toMatchObject({ state: 'delivered', digest: 'v1', targetId: 'a-1' })
    expect(await worker.handle(world.append(version('1', 2)))).toEqual(['1 waiting order_held'])
    expect(await worker.handle(world.append(version('1', 3)))).toEqual([
      '1 waiting order_held',
      '1 superseded older_version',
    ])
    expect(await worker.tick()).toEqual([])
    await release(world)
    expect(await worker.tick()).toEqual(['1 succeeded'])
    expect(world.writes).toEqual(['a-1 v1', 'a-1 v3'])
    expect(await world.parked()).toEqual([])
  })

  it('waits on with another worker, and says so once', async () => {
    const clock = virtualClock()
    const world = sinkWorld(clock)
    await hold(world, NEVER)
    await world.worker().handle(world.append(version('1', 1)))
    const other = world.worker()
    for (let minutes = 0; minutes < 5; minutes += 1) {
      await clock.sleep(61_000)
      expect(await other.tick()).toEqual([])
    }
    await hold(world, NEVER, 'it is fraud')
    await clock.sleep(61_000)
    expect(await other.tick()).toEqual(['1 waiting order_held'])
    expect(world.writes).toEqual([])
    // Whoever released it came to no end: the next look finds it.
    await createDeliveries(world.tables).release('a', 'vendor-orders|1')
    await clock.sleep(61_000)
    expect(await other.tick()).toEqual(['1 succeeded'])
  })

  it('goes on by itself at its end', async () => {
    const clock = virtualClock()
    const world = sinkWorld(clock)
    const worker = world.worker()
    await hold(world, clock.now() + 90_000)
    await worker.handle(world.append(version('1', 1)))
    await clock.sleep(89_000)
    expect(await worker.tick()).toEqual([])
    await clock.sleep(1_000)
    expect(await worker.tick()).toEqual(['1 succeeded'])
    expect(await worker.handle(world.append(version('1', 2)))).toEqual(['1 succeeded'])
  })

  it('is told from one that is being sent at that moment', async () => {
    const world = sinkWorld(virtualClock())
    const { open, entered, pass } = gate()
    const worker = world.worker({
      deliver: async (_event, write) => {
        await pass()
        write()
      },
    })
    const handling = worker.handle(world.append(version('1', 1)))
    await entered
    expect(await hold(world, NEVER)).toMatchObject({ state: 'delivering', digest: 'v1' })
    open()
    expect(await handling).toEqual(['1 succeeded'])
    expect(await worker.handle(world.append(version('1', 2)))).toEqual(['1 waiting order_held'])
    expect(world.writes).toEqual(['a-1 v1'])
  })

  it('is not begun by a worker that looked before it was held', async () => {
    const world = sinkWorld(virtualClock())
    const deliveries = createDeliveries(world.tables)
    const { open, entered, pass } = gate()
    const slow = {
      ...world.tables,
      update: async (...given: Parameters<typeof world.tables.update>) => {
        if (given[0] === 'deliveries' && given[2].set?.['state'] === 'delivering') await pass()
        return await world.tables.update(...given)
      },
    }
    const worker = sinkWorld(virtualClock(), undefined, slow)
    const handling = worker.worker().handle(worker.append(version('1', 1)))
    await entered
    expect(await deliveries.hold('a', 'vendor-orders|1', NEVER)).toBeUndefined()
    open()
    expect(await handling).toEqual(['1 waiting order_held'])
    expect(worker.writes).toEqual([])
  })

  it('which waits for an item is held too, and then waits for the item', async () => {
    const clock = virtualClock()
    const world = sinkWorld(clock)
    const worker = world.worker({
      deliver: async () => {
        throw new StreamError('item_missing', 'no item')
      },
    })
    expect(await worker.handle(world.append(version('1', 1)))).toEqual(['1 waiting item_missing'])
    await hold(world, NEVER)
    await clock.sleep(30_000)
    expect(await worker.tick()).toEqual(['1 waiting order_held'])
    await release(world)
    expect(await worker.tick()).toEqual(['1 waiting item_missing'])
  })

  it('leaves only the number of its decisions where no version of it ever came', async () => {
    const world = sinkWorld(virtualClock())
    await hold(world, NEVER)
    await release(world)
    const left = { connection: 'a', key: 'vendor-orders|1', decisions: 2 }
    expect((await Array.fromAsync(world.tables.scan('deliveries'))).flat()).toEqual([left])
  })

  it('stays held when an earlier hold or release, whose answer was lost, arrives late', async () => {
    const world = sinkWorld(virtualClock())
    const late: (() => ReturnType<typeof world.tables.update>)[] = []
    const losing: typeof world.tables = {
      ...world.tables,
      update(...given) {
        late.push(() => world.tables.update(...given))
        return Promise.reject(new StreamError('table_unavailable', 'its answer was lost'))
      },
    }
    const lost = createDeliveries(losing)
    await expect(lost.hold('a', 'vendor-orders|1', 1)).rejects.toMatchObject({ code: 'table_unavailable' })
    await hold(world, 2)
    await expect(lost.release('a', 'vendor-orders|1')).rejects.toMatchObject({ code: 'table_unavailable' })
    await release(world)
    await hold(world, NEVER)
    expect(await Promise.all(late.map((write) => write()))).toEqual([null, null])
    expect(await createDeliveries(world.tables).find('a', 'vendor-orders|1')).toMatchObject({ heldUntil: NEVER })
  })
})
