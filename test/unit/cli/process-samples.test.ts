import { expect, it } from 'vitest'
import { stageSamples } from '../../../src/cli/process-samples.ts'
import type { StageState } from '../../../src/cli/running-part.ts'

const NOW = 100_000
const place = { topic: 'orders', partition: 3, failingSince: null }

function lagOf(progress: Pick<StageState['progress'][number], 'handled' | 'end' | 'oldestAt'>) {
  const stage = {
    name: 's',
    up: true,
    stalled: null,
    group: 'p.s',
    progress: [{ ...place, ...progress }],
    circuit: null,
  }
  const samples = stageSamples([stage], NOW).filter(({ name }) => name.startsWith('waldstream_consumer_lag'))
  for (const { labels } of samples) expect(labels).toEqual({ group: 'p.s', topic: 'orders', partition: '3' })
  return samples.map(({ value }) => value)
}

it('lag is the records that are not handled, and the age of the oldest', () => {
  expect(lagOf({ handled: 5n, end: 9n, oldestAt: 40_000 })).toEqual([4, 60])
})

it('there is no lag where all is handled, also beyond the end that is known', () => {
  expect(lagOf({ handled: 9n, end: 9n, oldestAt: 40_000 })).toEqual([0, 0])
  expect(lagOf({ handled: 10n, end: 9n, oldestAt: null })).toEqual([0, 0])
})

it('what is not known yet is not made up', () => {
  expect(lagOf({ handled: null, end: null, oldestAt: null })).toEqual([])
  expect(lagOf({ handled: null, end: 9n, oldestAt: 40_000 })).toEqual([60])
})

it('a stage tells whether it works, and whether its system answers', () => {
  const open = { system: 'netsuite', since: 0, code: 'target_unavailable', message: 'down', next_try: 1_000 }
  const circuit = { system: 'netsuite', open, waiting: 2 }
  const stage = { name: 'deliver-netsuite', up: false, stalled: null, group: '', progress: [], circuit }
  const labels = { stage: 'deliver-netsuite', system: 'netsuite' }
  expect(stageSamples([stage], NOW)).toEqual([
    { name: 'waldstream_stage_up', labels: { stage: 'deliver-netsuite' }, value: 0 },
    { name: 'waldstream_circuit_open', labels, value: 1 },
    { name: 'waldstream_circuit_waiting', labels, value: 2 },
  ])
})
