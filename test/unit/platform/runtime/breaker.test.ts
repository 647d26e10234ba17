import { describe, expect, it } from 'vitest'
import { StreamError } from '../../../../src/errors.ts'
import { createBreaker, type Pass } from '../../../../src/platform/runtime/breaker.ts'
import { openCircuit } from '../../../../src/platform/runtime/breaker-state.ts'
import { manualClock } from '../../../memory/manual-clock.ts'

const down = new StreamError('target_unavailable', 'down')
const signal = new AbortController().signal

const prepare = () => {
  const clock = manualClock(1_000)
  const told: boolean[] = []
  const breaker = createBreaker({
    clock,
    random: () => 1,
    limits: { afterFailures: 3, pause: { firstMs: 1_000, longestMs: 3_000 } },
    onChange: ({ openings }) => told.push(openings > 0),
  })
  const fail = async (...keys: string[]) => {
    for (const key of keys) (await breaker.enter(signal)).failed(key, down)
  }
  return { clock, breaker, told, fail }
}

/** Whether the promise is kept by now. */
const isKept = async (promise: Promise<unknown>): Promise<boolean> => {
  let kept = false
  void promise.then(() => {
    kept = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  return kept
}

describe('a circuit breaker', () => {
  it('opens after failures in a row of more than one key', async () => {
    const { breaker, told, fail } = prepare()
    await fail('a', 'b')
    expect(breaker.state().state).toBe('closed')
    await fail('a')
    expect(breaker.state()).toMatchObject({ state: 'open', since: 1_000, retryAt: 2_000 })
    expect(told).toEqual([true])
  })

  it('does not open for one key alone, nor when the system was reached in between', async () => {
    const { breaker, fail } = prepare()
    await fail('a', 'a', 'a', 'a', 'a')
    expect(breaker.state().state).toBe('closed')
    ;(await breaker.enter(signal)).reached()
    await fail('a', 'b')
    expect(breaker.state()).toMatchObject({ state: 'closed', reached: 1, failures: 2 })
  })

  it('lets one call through after the pause, and the others when it reaches the system', async () => {
    const { breaker, clock, told, fail } = prepare()
    await fail('a', 'b', 'c')
    const [first, second] = [breaker.enter(signal), breaker.enter(signal)]
    expect(await isKept(first)).toBe(false)
    clock.set(2_000)
    const trial = await first
    expect(trial.trial).toBe(true)
    expect(await isKept(second)).toBe(false)
    trial.reached()
    expect((await second).trial).toBe(false)
    expect(breaker.state().state).toBe('closed')
    expect(told).toEqual([true, false])
  })

  it('pauses longer with each trial that fails, up to the longest', async () => {
    const { breaker, clock, told, fail } = prepare()
    await fail('a', 'b', 'c')
    const pauses: number[] = []
    for (let trial = 0; trial < 3; trial += 1) {
      clock.set(breaker.state().retryAt)
      await fail('a')
      pauses.push(breaker.state().retryAt - clock.now())
    }
    expect(pauses).toEqual([2_000, 3_000, 3_000])
    expect(told).toEqual([true])
  })

  it('waits at least as long as the system asks for', async () => {
    const { breaker, fail } = prepare()
    await fail('a', 'b')
    ;(await breaker.enter(signal)).failed('c', new StreamError('rate_limited', 'busy', { retryAfterMs: 60_000 }))
    expect(breaker.state().retryAt).toBe(61_000)
  })

  it('gives the trial to another when it was cut off', async () => {
    const { breaker, clock, fail } = prepare()
    await fail('a', 'b', 'c')
    clock.set(2_000)
    const trial = await breaker.enter(signal)
    const next = breaker.enter(signal)
    trial.unknown()
    expect((await next).trial).toBe(true)
  })

  it('takes nothing from a call that began before it opened but that the system is there', async () => {
    const { breaker, clock, fail } = prepare()
    const [early, other] = [await breaker.enter(signal), await breaker.enter(signal)]
    await fail('a', 'b', 'c')
    clock.set(2_000)
    const trial: Pass = await breaker.enter(signal)
    early.failed('d', down)
    expect(breaker.state()).toMatchObject({ state: 'trial', openings: 1 })
    other.reached()
    expect(breaker.state().state).toBe('closed')
    trial.failed('e', down)
    expect(breaker.state()).toMatchObject({ state: 'closed', failures: 1 })
  })

  it('says since when and why it is open, and when the next call is let through', async () => {
    const { breaker, clock, fail } = prepare()
    const circuit = () => openCircuit('erp', breaker.state(), clock.now())
    await fail('a', 'b')
    expect(circuit()).toBeNull()
    clock.set(1_500)
    await fail('a')
    const open = { system: 'erp', since: 1_000, code: 'target_unavailable', message: 'down' }
    expect(circuit()).toEqual({ ...open, next_try: 2_500 })
    clock.set(2_500)
    const trial = await breaker.enter(signal)
    trial.failed('c', new StreamError('timed_out', 'too slow'))
    expect(circuit()).toEqual({ ...open, code: 'timed_out', message: 'too slow', next_try: 4_500 })
    clock.set(4_500)
    const last = await breaker.enter(signal)
    clock.set(60_000)
    // Its trial is still under way.
    expect(circuit()).toMatchObject({ system: 'erp', next_try: 4_500 })
    last.reached()
    expect(circuit()).toBeNull()
  })

  it('is not called open for long where nothing waits for the system: nobody tries it then', async () => {
    const { breaker, clock, fail } = prepare()
    await fail('a', 'b', 'c')
    clock.set(7_000)
    expect(openCircuit('erp', breaker.state(), clock.now())).not.toBeNull()
    clock.set(7_001)
    expect(openCircuit('erp', breaker.state(), clock.now())).toBeNull()
  })

  it('opens at once when the system is known to be down, and ends who waits when asked to', async () => {
    const { breaker } = prepare()
    breaker.trip(down)
    const ending = new AbortController()
    const waiting = breaker.enter(ending.signal)
    ending.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'stopping' })
  })
})
