import { describe, expect, it } from 'vitest'
import { StreamError } from '../../../../src/errors.ts'
import type { Clock } from '../../../../src/platform/clock.ts'
import type { Tables } from '../../../../src/platform/dynamodb/tables.ts'
import { governorTables, readAccountUse } from '../../../../src/platform/governor/call-slots.ts'
import { type CallKind, type CallLimits, createGovernor } from '../../../../src/platform/governor/governor.ts'
import { createSharedPermits } from '../../../../src/platform/governor/shared-permits.ts'
import { memoryTables } from '../../../memory/tables.ts'
import { virtualClock } from '../runtime/virtual-clock.ts'

const ACCOUNT = 'netsuite 1234567'

/** Processes with one account, and the calls that are under way there. */
function accountOf(limits: CallLimits, clock: Clock = virtualClock()) {
  const tables = memoryTables(governorTables)
  let broken = false
  const breakable: Tables = {
    ...tables,
    async query(table, range) {
      if (broken) throw new StreamError('table_unavailable', 'gone')
      return await tables.query(table, range)
    },
  }
  const log: { readonly who: string; readonly kind: CallKind; readonly at: number }[] = []
  let [now, most] = [0, 0]
  const process = (owner: string, own = clock) => {
    const permits = createSharedPermits(ACCOUNT, limits, { tables: breakable, clock: own, owner })
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
  const breakTable = (gone: boolean) => {
    broken = gone
  }
  return { clock, log, tables, process, rows, breakTable, mostAtOnce: () => most }
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

  it.each([
    [1, 2],
    [1, 4],
    [2, 3],
    [3, 5],
    [4, 3],
    [5, 3],
  ])('have %i calls at once and are %i: each comes to its turns, though no other ever ends', async (concurrency, n) => {
    const account = accountOf({ concurrency })
    let busy = true
    const endless = ({ call }: ReturnType<typeof account.process>) =>
      Array.from({ length: 5 }, async () => {
        while (busy) await call('inventory')
      })
    const names = Array.from({ length: n }, (_, index) => `p${index}`)
    const all = names.flatMap((name) => endless(account.process(name)))
    await account.clock.sleep(120_000)
    busy = false
    await Promise.all(all)
    const turns = Map.groupBy(account.log, ({ who }) => who)
    const fair = account.log.length / n
    for (const name of names) expect(turns.get(name)?.length ?? 0).toBeGreaterThan(fair / 2)
    expect(account.log.length).toBeGreaterThan(2_000 * concurrency)
    expect(account.mostAtOnce()).toBeLessThanOrEqual(concurrency)
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

  it.each([1, 4, 5, 7])('make no more than %i calls a minute, few as they are', async (perMinute) => {
    const account = accountOf({ concurrency: 3, perMinute })
    const processes = ['a', 'b'].map((name) => account.process(name))
    await Promise.all(processes.flatMap(({ many }) => many(8, 'orders')))
    const perWindow = Map.groupBy(account.log, ({ at }) => Math.floor(at / 60_000))
    for (const calls of perWindow.values()) expect(calls.length).toBeLessThanOrEqual(perMinute)
    expect(account.log).toHaveLength(16)
  })

  it('tell whoever waits that the table is gone, and go on when it is back', async () => {
    const account = accountOf({ concurrency: 1 })
    const { call, many } = account.process('a')
    const running = call('orders', 3_000)
    await account.clock.sleep(1_000)
    const waiting = many(3, 'orders')
    account.breakTable(true)
    await Promise.all(waiting.map((one) => expect(one).rejects.toMatchObject({ code: 'table_unavailable' })))
    await running
    account.breakTable(false)
    await Promise.all(many(3, 'orders'))
    expect(account.mostAtOnce()).toBe(1)
  })

  it('clear away what those that died left', async () => {
    const account = accountOf({ concurrency: 2, perMinute: 600 })
    const old = { account: ACCOUNT, until: account.clock.now() - 60_000, owner: 'dead' }
    await account.tables.putMany('call_slots', [
      { ...old, slot: 'wait#dead', rank: 0, calls: 1 },
      { account: ACCOUNT, slot: 'calls#3', calls: 7 },
    ])
    await Promise.all(account.process('b').many(3, 'orders'))
    expect((await account.rows()).filter((slot) => /dead|calls#3$/.test(slot))).toEqual([])
  })

  it('leave nothing behind once there is nothing to do', async () => {
    const account = accountOf({ concurrency: 2 })
    await Promise.all(account.process('a').many(5, 'orders'))
    await account.clock.sleep(5_000)
    expect(await account.rows()).toEqual([])
  })
})

describe('the use of an account', () => {
  const useOf = ({ tables, clock }: ReturnType<typeof accountOf>, perMinute: number | null) =>
    readAccountUse(tables, { account: ACCOUNT, perMinute }, clock.now())

  it('is what all processes have under way and wait for, and nothing when they are done', async () => {
    const account = accountOf({ concurrency: 2 })
    const [a, b] = [account.process('a'), account.process('b')]
    const calls = [...a.many(4, 'orders'), ...b.many(4, 'orders')]
    await account.clock.sleep(60)
    const { inUse, waiting, pausedUntil, ofMinute } = await useOf(account, null)
    expect([inUse, pausedUntil, ofMinute]).toEqual([2, null, 0])
    expect(waiting).toBeGreaterThan(0)
    await Promise.all(calls)
    await Promise.all([a.permits.close(), b.permits.close()])
    expect(await useOf(account, null)).toEqual({ inUse: 0, waiting: 0, pausedUntil: null, ofMinute: 0 })
  })

  it('counts the calls of the last minute where the account counts them, and no longer', async () => {
    const account = accountOf({ concurrency: 4, perMinute: 60 })
    await Promise.all(account.process('a').many(5, 'orders'))
    const { ofMinute } = await useOf(account, 60)
    expect(ofMinute).toBeGreaterThanOrEqual(5)
    expect(ofMinute).toBeLessThanOrEqual(60)
    await account.clock.sleep(61_000)
    expect(await useOf(account, 60)).toMatchObject({ ofMinute: 0 })
  })

  it('says until when it is left alone', async () => {
    const account = accountOf({ concurrency: 4 })
    const { governor } = account.process('a')
    governor.pause(600_000)
    const until = account.clock.now() + 600_000
    await account.clock.sleep(1_000)
    expect(await useOf(account, null)).toMatchObject({ pausedUntil: until })
    await account.clock.sleep(600_000)
    expect(await useOf(account, null)).toMatchObject({ pausedUntil: null })
  })
})
