import { describe, expect, it } from 'vitest'
import { createGovernor } from '../../../../src/platform/governor/governor.ts'
import { ownPermits } from '../../../../src/platform/governor/permits.ts'
import { gate } from '../../../support/sink-world.ts'
import { virtualClock } from '../runtime/virtual-clock.ts'

const governorOf = (concurrency: number, clock = virtualClock()) => createGovernor({ concurrency }, ownPermits(), clock)
const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('a governor', () => {
  it('lets the more urgent go first, and of one kind the one that waits longest', async () => {
    const governor = governorOf(1)
    const first = gate()
    const order: string[] = []
    const begin = (kind: Parameters<typeof governor.run>[0], name: string) =>
      governor.run(kind, async () => void order.push(name))
    const running = governor.run('images', first.pass)
    const others = [
      begin('images', 'images'),
      begin('products', 'products'),
      begin('inventory', 'stock 1'),
      begin('orders', 'order'),
      begin('inventory', 'stock 2'),
      begin('fulfilments', 'shipment'),
    ]
    first.open()
    await Promise.all([running, ...others])
    expect(order).toEqual(['order', 'shipment', 'stock 1', 'stock 2', 'products', 'images'])
  })

  it('has half as many calls at once after a refusal, and all of them again after calls that end well', async () => {
    const clock = virtualClock()
    const governor = governorOf(4, clock)
    const mostAtOnce = async (calls: number) => {
      let [now, most] = [0, 0]
      const call = async () => {
        now += 1
        most = Math.max(most, now)
        await settled()
        now -= 1
      }
      await Promise.all(Array.from({ length: calls }, () => governor.run('orders', call)))
      return most
    }
    expect(await mostAtOnce(12)).toBe(4)
    governor.refused(undefined)
    governor.refused(undefined)
    expect(await mostAtOnce(12)).toBe(2)
    await mostAtOnce(60)
    expect(await mostAtOnce(12)).toBe(4)
  })

  it('begins no call before the time that a refusal named', async () => {
    const clock = virtualClock()
    const governor = governorOf(2, clock)
    governor.refused(30_000)
    const until = clock.now() + 30_000
    const at = await governor.run('orders', async () => clock.now())
    expect(at).toBeGreaterThanOrEqual(until)
  })

  it('lets a call that is given up while it waits go without a turn, and the next takes its place', async () => {
    const governor = governorOf(1)
    const first = gate()
    const running = governor.run('orders', first.pass)
    const ending = new AbortController()
    const called: string[] = []
    const given = governor.run('orders', async () => void called.push('given up'), ending.signal)
    const next = governor.run('orders', async () => void called.push('next'))
    ending.abort()
    await expect(given).rejects.toMatchObject({ code: 'stopping' })
    first.open()
    await Promise.all([running, next])
    expect(called).toEqual(['next'])
    await expect(governor.run('orders', async () => 1, ending.signal)).rejects.toMatchObject({ code: 'stopping' })
  })

  it('gives the turn on when a call fails', async () => {
    const governor = governorOf(1)
    await expect(governor.run('orders', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await governor.run('orders', async () => 'yes')).toBe('yes')
  })
})
