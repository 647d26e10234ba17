import { EventEmitter } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { answerParent, type MessagePeer, observeWorkers } from '../../../src/cli/observe-workers.ts'
import type { Observed } from '../../../src/platform/metrics/metrics-server.ts'
import { type ManualClock, manualClock } from '../../memory/manual-clock.ts'

/** Both ends of a connection between two processes. */
function connection(): readonly [MessagePeer, MessagePeer] {
  const ends = [new EventEmitter(), new EventEmitter()] as const
  const peer = (own: EventEmitter, other: EventEmitter): MessagePeer => ({
    connected: true,
    send: (message) => void setImmediate(() => other.emit('message', structuredClone(message))),
    on: (_event, listener) => own.on('message', listener),
  })
  return [peer(ends[0], ends[1]), peer(ends[1], ends[0])]
}

/** A worker that tells this; one that tells nothing is silent. */
function worker(observed: Observed | null): MessagePeer {
  const [parent, child] = connection()
  if (observed !== null) answerParent(child, observed)
  return parent
}

/** The answer, once those who were asked have had their time. */
async function late<T>(clock: ManualClock, answer: Promise<T>): Promise<T> {
  for (let turns = 0; turns < 10; turns += 1) await turn()
  clock.set(clock.now() + 10_000)
  return await answer
}

const well = (stage: string): Observed => ({
  live: async () => [],
  ready: async () => ({ broker: 'ok' }),
  metrics: async () => `# HELP x of ${stage}\n# TYPE x counter\nx 1\n`,
})

it('a command is live and ready when each of its workers is', async () => {
  const ill: Observed = {
    ...well('b'),
    live: async () => ['stuck'],
    ready: () => Promise.reject(new Error('a bug')),
  }
  const command = observeWorkers([worker(well('a')), worker(ill)], manualClock(0))
  expect(await command.live()).toEqual(['worker 1: stuck'])
  expect(await command.ready()).toEqual({ 'broker of worker 0': 'ok', 'worker of worker 1': 'unexpected' })
  expect(await command.metrics()).toBe('# HELP x of a\n# TYPE x counter\nx{worker="0"} 1\nx{worker="1"} 1\n')
})

it('a worker that does not answer yet starts: that is no reason to end it', async () => {
  const clock = manualClock(0)
  const command = observeWorkers([worker(well('a')), worker(null)], clock)
  expect(await late(clock, command.live())).toEqual([])
  const checks = { 'broker of worker 0': 'ok', 'worker of worker 1': 'starting' }
  expect(await late(clock, command.ready())).toEqual(checks)
  expect(await late(clock, command.metrics())).toContain('x{worker="0"} 1')
})

it('one that does not answer any more is not live', async () => {
  const [parent, child] = connection()
  let silent = false
  answerParent({ ...child, send: (message, sent) => (silent ? undefined : child.send?.(message, sent)) }, well('a'))
  const clock = manualClock(0)
  const command = observeWorkers([parent], clock)
  expect(await command.live()).toEqual([])
  silent = true
  expect(await late(clock, command.live())).toEqual(['worker 0: timed_out'])
  expect(await late(clock, command.ready())).toEqual({ 'worker of worker 0': 'timed_out' })
})
