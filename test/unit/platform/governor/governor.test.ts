import { describe, expect, it } from 'vitest'
import { StreamError } from '../../../../src/errors.ts'
import { createGovernor, type Governor } from '../../../../src/platform/governor/governor.ts'
import { createGovernors } from '../../../../src/platform/governor/governors.ts'
import { ownPermits } from '../../../../src/platform/governor/permits.ts'
import { countingMeter } from '../../../worlds/metric-samples.ts'
import { gate } from '../../../worlds/sink-world.ts'
import { virtualClock } from '../runtime/virtual-clock.ts'

const governorOf = (concurrency: number, clock = virtualClock()) => createGovernor({ concurrency }, ownPermits(), clock)

/** A call that the account refuses for there being too many. */
async function refusal(governor: Governor, retryAfterMs?: number): Promise<void> {
  const error = new StreamError('rate_limited', 'too many', retryAfterMs === undefined ? {} : { retryAfterMs })
  await expect(governor.run('orders', () => Promise.reject(error))).rejects.toBe(error)
}

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

  it('counts its calls by kind and outcome, and tells how its account is used', async () => {
    const { meter, counted } = countingMeter()
    const clock = virtualClock()
    const governors = createGovernors(clock, undefined, meter)
    const governor = governors.of('netsuite 1', { concurrency: 1 })
    const first = gate()
    const running = governor.run('orders', first.pass)
    const waiting = governor.run('images', async () => undefined)
    await settled()
    const standing = { account: 'netsuite 1', allowed: 1, restMs: 0 }
    expect(governors.standing()).toEqual([{ ...standing, running: 1, waiting: 1 }])
    first.open()
    await Promise.all([running, waiting])
    await refusal(governor, 5_000)
    expect(governors.standing()).toEqual([{ ...standing, running: 0, waiting: 0, restMs: 5_000 }])
    const of = (kind: string, code: string) =>
      `waldstream_calls_total{account="netsuite 1",kind="${kind}",code="${code}"}`
    expect(await counted()).toMatchObject({
      [of('orders', '')]: 1,
      [of('images', '')]: 1,
      [of('orders', 'rate_limited')]: 1,
      'waldstream_call_seconds_count{account="netsuite 1",kind="orders"}': 2,
      'waldstream_call_turn_seconds_count{account="netsuite 1",kind="images"}': 1,
    })
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
    await Promise.all([refusal(governor), refusal(governor)])
    expect(await mostAtOnce(12)).toBe(2)
    await mostAtOnce(60)
    expect(await mostAtOnce(12)).toBe(4)
  })

  it('begins no call before the time that a refusal named', async () => {
    const clock = virtualClock()
    const governor = governorOf(2, clock)
    await refusal(governor, 30_000)
    const until = clock.now() + 30_000
    const at = await governor.run('orders', async () => clock.now())
    expect(at).toBeGreaterThanOrEqual(until)
  })

  it('begins none of those that wait when a call is refused, before the time that it named', async () => {
    const clock = virtualClock()
    const governor = governorOf(1, clock)
    const until = clock.now() + 30_000
    const refused = refusal(governor, 30_000)
    const at = await Promise.all([1, 2, 3].map(() => governor.run('orders', async () => clock.now())))
    await refused
    expect(Math.min(...at)).toBeGreaterThanOrEqual(until)
  })

  it('leaves an account alone for an hour at most, whatever it asks for', async () => {
    const clock = virtualClock()
    const governor = governorOf(1, clock)
    const from = clock.now()
    await refusal(governor, 1e15)
    expect(await governor.run('orders', async () => clock.now() - from)).toBe(3_600_000)
    governor.pause(Number.POSITIVE_INFINITY)
    expect(await governor.run('orders', async () => clock.now() - from)).toBe(7_200_000)
  })

  it('sleeps through a pause only while somebody waits', async () => {
    const signals: (AbortSignal | undefined)[] = []
    const sleep = (_: number, signal?: AbortSignal) => {
      signals.push(signal)
      return new Promise<void>((_resolve, reject) => signal?.addEventListener('abort', reject))
    }
    const governor = createGovernor({ concurrency: 1 }, ownPermits(), { now: () => 0, sleep })
    governor.pause(60_000)
    const [first, second] = [new AbortController(), new AbortController()]
    const given = [first, second].map(({ signal }) => governor.run('orders', async () => 1, signal))
    first.abort()
    expect(signals.map((signal) => signal?.aborted)).toEqual([false])
    second.abort()
    expect(signals.map((signal) => signal?.aborted)).toEqual([true])
    for (const one of given) await expect(one).rejects.toMatchObject({ code: 'stopping' })
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
