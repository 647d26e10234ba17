import { randomUUID } from 'node:crypto'
import { expect, inject, it, onTestFinished } from 'vitest'
import { ownDemoData } from '../../worlds/demo-data.ts'
import { startProgram } from '../../worlds/processes.ts'

/** A dataset that nobody else uses, so its folder is this test's alone. */
const DATASET = ['--connections', 'all', '--orders', '20', '--seed', '192837465']
const prefix = `all-${randomUUID().slice(0, 8)}.`
const env = { ...inject('services'), TOPIC_PREFIX: prefix, TABLE_PREFIX: prefix, FEED_SETTLE_MS: '200' }
ownDemoData(DATASET)

type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>

it('two shops and three vendors: all six pairs have their orders, goods and shipments', async () => {
  const args = ['scripts/bootstrap.mjs', 'start', ...DATASET, '--once', '--json']
  const run = await startProgram({ name: 'start', args, env })
  onTestFinished(() => run.signal('SIGKILL'))
  const exit = await run.exited
  expect(exit, run.output()).toEqual({ code: 0, signal: null })
  const { ok, connections } = JSON.parse(run.printed().trim().split('\n').at(-1) ?? '') as {
    readonly ok: boolean
    readonly connections: Readonly<Record<string, Counts>>
  }
  expect(ok).toBe(true)
  expect(Object.keys(connections).toSorted()).toEqual([
    'bigcommerce-acme',
    'bigcommerce-netsuite',
    'bigcommerce-sap',
    'magento-acme',
    'magento-netsuite',
    'magento-sap',
  ])
  for (const [connection, counts] of Object.entries(connections)) {
    for (const kind of ['orders', 'products', 'inventory', 'fulfilments']) {
      expect(counts[kind]?.['succeeded'], `${connection} ${kind}`).toBeGreaterThan(0)
      expect(Object.keys(counts[kind] ?? {}), `${connection} ${kind}`).not.toContain('failed')
    }
  }
})
