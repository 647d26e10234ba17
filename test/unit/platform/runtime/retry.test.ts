import { describe, expect, it } from 'vitest'
import { StreamError } from '../../../../src/errors.ts'
import { backOffMs } from '../../../../src/platform/backoff.ts'
import { withRetry } from '../../../../src/platform/runtime/retry.ts'
import { virtualClock } from './virtual-clock.ts'

const down = () => new StreamError('target_unavailable', 'down')
const backOff = { firstMs: 100, longestMs: 1_000 }

describe('the back-off', () => {
  it('doubles up to its longest', () => {
    const longest = [1, 2, 3, 4, 5, 6, 100].map((failures) => backOffMs(failures, backOff, () => 0.9999999))
    expect(longest).toEqual([100, 200, 400, 800, 1000, 1000, 1000])
  })

  it('is any part of it, but never less than was asked for', () => {
    expect(backOffMs(3, backOff, () => 0)).toBe(0)
    expect(backOffMs(3, backOff, () => 0.5)).toBe(200)
    expect(backOffMs(3, backOff, () => 0.5, 5_000)).toBe(5_000)
  })
})

describe('withRetry', () => {
  it('calls again until it succeeds, and waits in between', async () => {
    const clock = virtualClock()
    const fn = async (attempt: number) => {
      if (attempt < 4) throw down()
      return attempt
    }
    expect(await withRetry(fn, { clock, backOff, random: () => 0.5 })).toBe(4)
    expect(clock.slept).toEqual([50, 100, 200])
  })

  it('throws at once what another call does not mend', async () => {
    const clock = virtualClock()
    const wrong = new StreamError('mapping_failed', 'wrong')
    await expect(withRetry(() => Promise.reject(wrong), { clock })).rejects.toBe(wrong)
    await expect(withRetry(() => Promise.reject(new TypeError('bug')), { clock })).rejects.toMatchObject({
      code: 'unexpected',
    })
    expect(clock.slept).toEqual([])
  })

  it('obeys the time the other side asks for', async () => {
    const clock = virtualClock()
    const limited = new StreamError('rate_limited', 'slow down', { retryAfterMs: 7_000 })
    const fn = async (attempt: number) => {
      if (attempt === 1) throw limited
    }
    await withRetry(fn, { clock, backOff })
    expect(clock.slept).toEqual([7_000])
  })

  it('throws the last error when attempts or time are used up', async () => {
    const clock = virtualClock()
    let calls = 0
    const fn = async () => {
      calls += 1
      throw down()
    }
    await expect(withRetry(fn, { clock, backOff, attempts: 3 })).rejects.toMatchObject({ code: 'target_unavailable' })
    expect(calls).toBe(3)
    calls = 0
    const timed = withRetry(fn, { clock, backOff, deadlineMs: 500, random: () => 0.9999999 })
    await expect(timed).rejects.toMatchObject({ code: 'target_unavailable' })
    expect(calls).toBe(3)
  })

  it('ends when its signal aborts, also while it waits', async () => {
    const clock = virtualClock()
    const ending = new AbortController()
    const fn = async () => {
      ending.abort()
      throw down()
    }
    await expect(withRetry(fn, { clock, signal: ending.signal })).rejects.toMatchObject({ code: 'stopping' })
    await expect(withRetry(fn, { clock, signal: ending.signal })).rejects.toMatchObject({ code: 'stopping' })
  })
})
