import { describe, expect, it } from 'vitest'
import { StreamError } from '../../../../src/errors.ts'
import type { Tables } from '../../../../src/platform/dynamodb/tables.ts'
import { sinkTables } from '../../../../src/processors/tables.ts'
import { manualClock } from '../../../memory/manual-clock.ts'
import { memoryTables } from '../../../memory/tables.ts'
import { gate, sinkWorld, version } from '../../../worlds/sink-world.ts'

const START = 1_000_000

describe('two workers and one key', () => {
  it('the newest version wins over what a frozen worker writes when it goes on', async () => {
    const clock = manualClock(START)
    const world = sinkWorld(clock)
    const [first, second] = [world.append(version('1', 1)), world.append(version('1', 2))]
    const frozen = gate()
    const zombie = world.worker({
      deliver: async (_event, write) => {
        await frozen.pass()
        write()
      },
    })
    const ends = zombie.handle(first)
    await frozen.entered
    // Its session expires: another worker is handed the same records.
    const successor = world.worker()
    expect(await successor.handle(first)).toEqual(['1 succeeded'])
    expect(await successor.handle(second)).toEqual(['1 succeeded'])
    zombie.ending.abort(new Error('not ours'))
    frozen.open()
    await expect(ends).rejects.toMatchObject({ code: 'stopping' })
    expect(world.target.get('a-1')).toBe('v1')
    await successor.tick()
    expect(world.target.get('a-1')).toBe('v2')
    expect(world.writes).toEqual(['a-1 v1', 'a-1 v2', 'a-1 v1', 'a-1 v2'])
  })

  it('also when the answer to what it wrote is lost', async () => {
    const clock = manualClock(START)
    const world = sinkWorld(clock)
    const [first, second] = [world.append(version('1', 1)), world.append(version('1', 2))]
    const frozen = gate()
    const zombie = world.worker({
      deliver: async (_event, write) => {
        await frozen.pass()
        write()
        zombie.ending.abort(new Error('not ours'))
        throw new Error('socket closed')
      },
    })
    const ends = zombie.handle(first)
    await frozen.entered
    const successor = world.worker()
    await successor.handle(second)
    // What it knew of the open intent is over long before the write comes.
    clock.set(START + 400_000)
    await successor.tick()
    expect(await world.parked()).toEqual([])
    frozen.open()
    await expect(ends).rejects.toMatchObject({ code: 'stopping' })
    expect(world.target.get('a-1')).toBe('v1')
    await successor.tick()
    expect(world.target.get('a-1')).toBe('v2')
  })

  it('looks again when the request of a dead worker may come to its end late', async () => {
    const clock = manualClock(START)
    const world = sinkWorld(clock)
    const late = gate()
    const dead = world.worker({
      deliver: async (_event, write) => {
        // The target is slow: its write comes after the worker died and without any answer.
        void late.pass().then(write)
        dead.ending.abort(new Error('killed'))
        throw new Error('socket closed')
      },
    })
    await expect(dead.handle(world.append(version('1', 1)))).rejects.toMatchObject({ code: 'stopping' })
    const successor = world.worker()
    expect(await successor.handle(world.append(version('1', 2)))).toEqual(['1 succeeded'])
    expect(await world.parked()).toMatchObject([{ id: 'a|vendor-orders|1#check' }])
    late.open()
    await successor.tick()
    expect(world.target.get('a-1')).toBe('v1')
    clock.set(START + 300_000)
    await successor.tick()
    expect(world.target.get('a-1')).toBe('v2')
    expect(await world.parked()).toEqual([])
  })

  it('finds the order that a write without an answer has made', async () => {
    const clock = manualClock(START)
    const world = sinkWorld(clock)
    const order = world.append(version('1', 1))
    const dead = world.worker({
      deliver: async (_event, write) => {
        write()
        dead.ending.abort(new Error('killed'))
        throw new Error('socket closed')
      },
    })
    await expect(dead.handle(order)).rejects.toMatchObject({ code: 'stopping' })
    expect(await world.worker().handle(order)).toEqual(['1 succeeded'])
    expect(world.writes).toEqual(['a-1 v1'])
    expect(await world.parked()).toEqual([])
  })

  it('waits out an unanswered create without natural key, then searches before it creates', async () => {
    const clock = manualClock(START)
    const world = sinkWorld(clock)
    const order = world.append(version('1', 1))
    const dead = world.worker({
      naturalKey: false,
      deliver: async (_event, write) => {
        write()
        dead.ending.abort(new Error('killed'))
        throw new Error('socket closed')
      },
    })
    await expect(dead.handle(order)).rejects.toMatchObject({ code: 'stopping' })
    const unclear: boolean[] = []
    const successor = world.worker({
      naturalKey: false,
      deliver: async (_event, _write, _signal, before) => void unclear.push(before.unclear),
    })
    expect(await successor.handle(order)).toEqual(['1 waiting timed_out'])
    clock.set(START + 200_000)
    expect(await successor.tick()).toEqual([])
    expect(unclear).toEqual([])
    clock.set(START + 300_000)
    expect(await successor.tick()).toEqual(['1 succeeded'])
    expect(unclear).toEqual([true])
    expect(world.writes).toEqual(['a-1 v1'])
  })

  it('an intent is refused when the row has changed since it was read', async () => {
    const clock = manualClock(START)
    const tables = memoryTables(sinkTables)
    const between = gate()
    let slow = true
    const slowTables: Tables = {
      ...tables,
      async get(table, key) {
        const item = await tables.get(table, key)
        if (slow && table === 'deliveries') {
          slow = false
          await between.pass()
        }
        return item
      },
    }
    const world = sinkWorld(clock, undefined, slowTables)
    const [first, second] = [world.append(version('1', 1)), world.append(version('1', 2))]
    const late = world.worker().handle(first)
    await between.entered
    expect(await world.worker().handle(second)).toEqual(['1 succeeded'])
    between.open()
    expect(await late).toEqual(['1 superseded older_version'])
    expect(world.writes).toEqual(['a-1 v2'])
  })

  it('cuts an attempt off before its write could come later than its row says', async () => {
    const clock = manualClock(START)
    const world = sinkWorld(clock)
    const hanging = gate()
    const reasons: unknown[] = []
    let calls = 0
    const worker = world.worker({
      deliver: async (_event, write, signal) => {
        calls += 1
        if (calls > 1) return write()
        await new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => resolve())
          void hanging.pass()
        })
        reasons.push(signal.reason)
        throw new StreamError('target_unavailable', 'socket closed')
      },
      probe: async () => undefined,
    })
    const handled = worker.handle(world.append(version('1', 1)))
    await hanging.entered
    clock.set(START + 60_000)
    expect(await handled).toEqual(['1 waiting timed_out'])
    expect(reasons).toMatchObject([{ code: 'timed_out' }])
    clock.set(START + 80_000)
    expect(await worker.tick()).toEqual(['1 succeeded'])
  })
})
