import { describe, expect, it } from 'vitest'
import type { Clock } from '../../../../src/platform/clock.ts'
import { governorTables } from '../../../../src/platform/governor/call-slots.ts'
import { type CallKind, type CallLimits, createGovernor } from '../../../../src/platform/governor/governor.ts'
import { createSharedPermits } from '../../../../src/platform/governor/shared-permits.ts'
import { memoryTables } from '../../../support/memory-tables.ts'
import { virtualClock } from '../runtime/virtual-clock.ts'

const ACCOUNT = 'netsuite 1234567'

/** Processes with one account, and the calls that are under way there. */
function accountOf(limits: CallLimits, clock: Clock = virtualClock()) {
  const tables = memoryTables(governorTables)
  const log: { readonly who: string; readonly kind: CallKind; readonly at: number }[] = []
  let [now, most] = [0, 0]
  const process = (owner: string, own = clock) => {
    const permits = createSharedPermits(ACCOUNT, limits, { tables, clock: own, owner })
    const governor = createGovernor(limits, permits, own)
    const call = (kind: CallKind, ms = 50) =>
      governor.run(kind, async () => {
        log.push({ who: owner, kind, at: clock.now() })
        now += 1
        most = Math.max(most, now)
        await clock.sleep(ms)
        now -= 1
      })
    return { permits, governor, call, many: (n: number, kind: CallKind) => Array.from({ length: n }, () => call(kind)) }
  }
  const rows = async () => (await tables.query('call_slots', { partition: ACCOUNT })).map(({ slot }) => String(slot))
  return { clock, log, process, rows, mostAtOnce: () => most }
}

describe('processes with one account', () => {
  it.each([1, 2, 5])(
    'have no more than its %i calls under way together, and all calls come to pass',
    async (concurrency) => {
      const account = accountOf({ concurrency })
      const processes = ['a', 'b', 'c'].map((name) => account.process(name))
      await Promise.all(processes.flatMap(({ many }) => [...many(15, 'orders'), ...many(15, 'products')]))
      expect(account.log).toHaveLength(90)
      expect(account.mostAtOnce()).toBeLessThanOrEqual(concurrency)
      expect(account.mostAtOnce()).toBeGreaterThan(0)
    },
  )

  it('take turns while all have the same to do: none waits for another’s end', async () => {
    const account = accountOf({ concurrency: 2 })
    const [a, b] = [account.process('a'), account.process('b')]
    const first = a.many(60, 'inventory')
    await account.clock.sleep(500)
    await Promise.all([...first, ...b.many(20, 'inventory')])
    const firstOfB = account.log.findIndex(({ who }) => who === 'b')
    expect(firstOfB).toBeGreaterThan(0)
    expect(account.log.slice(firstOfB).filter(({ who }) => who === 'a').length).toBeGreaterThan(10)
  })

  it('let the orders of one go before the products of another', async () => {
    const account = accountOf({ concurrency: 1 })
    const [a, b] = [account.process('a'), account.process('b')]
    const products = a.many(60, 'products')
    await account.clock.sleep(500)
    await Promise.all(b.many(5, 'orders'))
    const done = account.log.filter(({ kind }) => kind === 'products').length
    expect(done).toBeLessThan(60)
    await Promise.all(products)
    expect(account.mostAtOnce()).toBe(1)
  })

  it('go on after one that died with every slot', async () => {
    const account = accountOf({ concurrency: 2 })
    let dead = false
    const mortal: Clock = {
      now: () => account.clock.now(),
      sleep: (ms, signal) => (dead ? new Promise(() => undefined) : account.clock.sleep(ms, signal)),
    }
    const first = account.process('dead', mortal)
    void Promise.all([first.call('orders', 1e12), first.call('orders', 1e12)])
    await account.clock.sleep(1_000)
    dead = true
    expect(await account.rows()).toEqual(['slot#001', 'slot#002'])
    await Promise.all(account.process('b').many(3, 'orders'))
    expect(account.log.filter(({ who }) => who === 'b')).toHaveLength(3)
  })

  it('give back what they hold when they end', async () => {
    const account = accountOf({ concurrency: 2 })
    const ending = account.process('a')
    await Promise.all(ending.many(4, 'orders'))
    expect(await account.rows()).not.toEqual([])
    await ending.permits.close()
    expect(await account.rows()).toEqual([])
  })

  it('leave an account alone together that asked one of them for it', async () => {
    const account = accountOf({ concurrency: 4 })
    const [a, b] = [account.process('a'), account.process('b')]
    await Promise.all([a.call('orders'), b.call('orders')])
    a.governor.pause(30_000)
    const until = account.clock.now() + 30_000
    // The other one learns of it with its next look.
    await account.clock.sleep(2_000)
    await Promise.all([...a.many(3, 'orders'), ...b.many(3, 'orders')])
    expect(account.log.slice(2).every(({ at }) => at >= until)).toBe(true)
  })

  it('make no more calls a minute together than it counts', async () => {
    const account = accountOf({ concurrency: 10, perMinute: 60 })
    const processes = ['a', 'b', 'c'].map((name) => account.process(name))
    await Promise.all(processes.flatMap(({ many }) => many(50, 'orders')))
    const perWindow = Map.groupBy(account.log, ({ at }) => Math.floor(at / 10_000))
    expect(account.log).toHaveLength(150)
    for (const calls of perWindow.values()) expect(calls.length).toBeLessThanOrEqual(10)
  })

  it('leave nothing behind once there is nothing to do', async () => {
    const account = accountOf({ concurrency: 2 })
    await Promise.all(account.process('a').many(5, 'orders'))
    await account.clock.sleep(5_000)
    expect(await account.rows()).toEqual([])
  })
})
