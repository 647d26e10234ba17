import { expect, it } from 'vitest'
import { createBell } from '../../../src/platform/bell.ts'
import { virtualClock } from './runtime/virtual-clock.ts'

const never = new AbortController().signal

it('ends a pause as soon as it rings', async () => {
  const clock = virtualClock()
  const bell = createBell(clock)
  const before = clock.now()
  const paused = bell.pause(10_000, never)
  bell.ring()
  await paused
  expect(clock.now()).toBe(before)
})

it('does not forget that it rang before the pause, and rings once', async () => {
  const clock = virtualClock()
  const bell = createBell(clock)
  const before = clock.now()
  bell.ring()
  bell.ring()
  await bell.pause(10_000, never)
  expect(clock.now()).toBe(before)
  await bell.pause(10_000, never)
  expect(clock.now()).toBe(before + 10_000)
})

it('ends a pause when the work is to stop', async () => {
  const clock = virtualClock()
  const ending = new AbortController()
  const before = clock.now()
  const paused = createBell(clock).pause(10_000, ending.signal)
  ending.abort()
  await paused
  expect(clock.now()).toBe(before)
})
