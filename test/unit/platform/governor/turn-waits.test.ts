import { expect, it } from 'vitest'
import { createGovernor } from '../../../../src/platform/governor/governor.ts'
import { ownPermits } from '../../../../src/platform/governor/permits.ts'
import { beginTurnWait, joinSignals, measureTurnWaits } from '../../../../src/platform/governor/turn-waits.ts'
import { virtualClock } from '../runtime/virtual-clock.ts'

it('waits that overlap count once, those of others not at all', () => {
  const [signal, other] = [new AbortController().signal, new AbortController().signal]
  const waits = measureTurnWaits(signal)
  const first = beginTurnWait(signal, 10)
  const second = beginTurnWait(signal, 15)
  beginTurnWait(other, 0)
  first(20)
  expect(waits.ms(25)).toBe(15)
  second(30)
  expect(waits.ms(100)).toBe(20)
  beginTurnWait(signal, 200)(205)
  expect(waits.ms(1_000)).toBe(25)
})

it('what one call for several waits counts for each of them', () => {
  const signals = [new AbortController().signal, new AbortController().signal]
  const waits = signals.map(measureTurnWaits)
  const { signal, release } = joinSignals(signals)
  beginTurnWait(signal, 10)(25)
  release()
  expect(waits.map((one) => one.ms(100))).toEqual([15, 15])
})

it('a call that waits for its turn with an account is measured, and not while it is made', async () => {
  const clock = virtualClock()
  const governor = createGovernor({ concurrency: 1 }, ownPermits(), clock)
  const { signal } = new AbortController()
  const waits = measureTurnWaits(signal)
  await Promise.all([
    governor.run('orders', () => clock.sleep(5_000)),
    governor.run('orders', () => clock.sleep(700), signal),
  ])
  expect(waits.ms(clock.now())).toBe(5_000)
})
