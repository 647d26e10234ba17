import { expect, it } from 'vitest'
import { installationSamples } from '../../../src/cli/installation-samples.ts'
import { createMetrics } from '../../../src/platform/metrics/prom-meter.ts'
import { samplesOf } from '../../worlds/metric-samples.ts'
import { sampleInstallation } from '../../worlds/sample/sample.ts'

it('the gauges of an installation say what its status says', async () => {
  const { operations, app } = await sampleInstallation()
  const samples = await installationSamples(operations)
  const text = await createMetrics().exposition(samples)
  const values = samplesOf(text)
  const sumOf = (name: string) =>
    [...values].filter(([key]) => key.startsWith(`${name}{`)).reduce((sum, [, value]) => sum + value, 0)

  const status = (await app.inject({ url: '/v1/status' })).json()
  const flows = status.connections.flatMap((one: { flows: unknown[] }) => one.flows)
  const countOf = (state: string) =>
    flows.reduce((sum: number, flow: Record<string, { count: number }>) => sum + (flow[state]?.count ?? 0), 0)
  for (const state of ['processing', 'waiting', 'failed']) {
    const own = [...values].filter(
      ([key]) => key.startsWith('waldstream_entities{') && key.includes(`state="${state}"`),
    )
    expect(
      own.reduce((sum, [, value]) => sum + value, 0),
      state,
    ).toBe(countOf(state))
  }
  const failures = [...status.failures, ...status.connections.flatMap((one: { failures: unknown[] }) => one.failures)]
  expect(sumOf('waldstream_open_dead_letters')).toBe(failures.reduce((sum, { count }) => sum + count, 0))
  expect(sumOf('waldstream_open_dead_letters_oldest_seconds')).toBeGreaterThan(0)
  const pauses = (await app.inject({ url: '/v1/pauses' })).json()
  expect(sumOf('waldstream_paused')).toBe(pauses.items?.length ?? pauses.pauses?.length)
  for (const name of ['waldstream_read_age_seconds', 'waldstream_feed_pull_age_seconds', 'waldstream_orders_held']) {
    expect(text).toContain(`${name}{`)
  }
  // Each series once: a gauge that is given twice is added up.
  const names = samples.map(({ name, labels }) => JSON.stringify([name, labels]))
  expect(new Set(names).size).toBe(names.length)
})
