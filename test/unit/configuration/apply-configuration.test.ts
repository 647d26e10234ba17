import { describe, expect, it } from 'vitest'
import { applyConfiguration } from '../../../src/configuration/apply-configuration.ts'
import type { Configuration } from '../../../src/configuration/model.ts'
import { readConfiguration } from '../../../src/configuration/read-configuration.ts'
import { coreTables } from '../../../src/configuration/tables.ts'
import { watchConfiguration } from '../../../src/configuration/watch-configuration.ts'
import { StreamError } from '../../../src/errors.ts'
import { metadataWith, ruleWith } from '../../data/configuration.ts'
import { connectionOf } from '../../data/processor-events.ts'
import { manualClock } from '../../memory/manual-clock.ts'
import { memoryTables } from '../../memory/tables.ts'

const configuration: Configuration = {
  revision: 0,
  systems: [
    {
      id: 'magento',
      type: 'magento2',
      address: 'https://system.example',
      secrets: { bearer: 'env:TOKEN' },
      zone: 'UTC',
      limits: { concurrency: 4 },
      settings: {},
      reads: [],
    },
  ],
  connections: [connectionOf('a', '^A', { revision: 0 }), connectionOf('b', '^B', { revision: 0 })],
  metadata: [metadataWith('a', ruleWith('name', { from: 'name', required: true }))],
}
const revisions = ({ revision, connections }: Configuration) => [revision, ...connections.map((one) => one.revision)]

describe('apply', () => {
  it('writes everything once and nothing the second time', async () => {
    const tables = memoryTables(coreTables)
    expect(await applyConfiguration(tables, configuration)).toEqual({
      changed: ['product-metadata a', 'system magento', 'connection a', 'connection b'],
      unchanged: 0,
    })
    const first = await readConfiguration(tables)
    expect(await applyConfiguration(tables, configuration)).toEqual({ changed: [], unchanged: 4 })
    expect(await readConfiguration(tables)).toEqual(first)
    expect(revisions(first)).toEqual([1, 1, 1])
    expect(first.systems).toEqual(configuration.systems)
    expect(first.metadata).toEqual(configuration.metadata)
  })

  it('raises the revision of a connection that changed, or whose metadata did, and of no other', async () => {
    const tables = memoryTables(coreTables)
    await applyConfiguration(tables, configuration)
    const [a, b] = configuration.connections
    if (a === undefined || b === undefined) throw new Error('two connections')
    await applyConfiguration(tables, { ...configuration, connections: [a, { ...b, orderStates: ['new'] }] })
    expect(revisions(await readConfiguration(tables))).toEqual([2, 1, 2])
    await applyConfiguration(tables, {
      ...configuration,
      connections: [a],
      metadata: [metadataWith('a')],
    })
    expect(revisions(await readConfiguration(tables))).toEqual([3, 2, 2])
  })

  it('is completed by the next one when it was cut off before the revision', async () => {
    const tables = memoryTables(coreTables)
    const cutOff = {
      ...tables,
      put: async (table: string, item: Readonly<Record<string, unknown>>) => {
        if (item['kind'] === 'revision') throw new StreamError('table_unavailable', 'gone')
        return tables.put(table, item)
      },
    }
    await expect(applyConfiguration(cutOff, configuration)).rejects.toThrow('gone')
    expect((await readConfiguration(tables)).revision).toBe(0)
    expect(await applyConfiguration(tables, configuration)).toEqual({ changed: [], unchanged: 4 })
    expect(revisions(await readConfiguration(tables))).toEqual([1, 1, 1])
  })

  it('by two processes at once ends as by one', async () => {
    const tables = memoryTables(coreTables)
    await Promise.all([applyConfiguration(tables, configuration), applyConfiguration(tables, configuration)])
    expect(revisions(await readConfiguration(tables))).toEqual([1, 1, 1])
  })
})

describe('a watch', () => {
  it('gives the newest snapshot after each poll, keeps the last one when a poll fails, and ends', async () => {
    const tables = memoryTables(coreTables)
    const clock = manualClock(0)
    const problems: unknown[] = []
    let fails = false
    let polled = Promise.withResolvers<void>()
    const flaky = {
      ...tables,
      get: async (table: string, key: Readonly<Record<string, string>>) => {
        if (fails) {
          fails = false
          throw new StreamError('table_unavailable', 'gone')
        }
        return tables.get(table, key)
      },
    }
    const sleep = clock.sleep
    const noticed = {
      ...clock,
      sleep: (ms: number, signal?: AbortSignal) => {
        polled.resolve()
        return sleep(ms, signal)
      },
    }
    const nextPoll = async () => {
      await polled.promise
      polled = Promise.withResolvers()
      clock.set(clock.now() + 1000)
      await polled.promise
    }
    const watch = await watchConfiguration(flaky, noticed, {
      everyMs: 1000,
      onProblem: (error) => problems.push(error),
    })
    expect(watch.current().revision).toBe(0)
    await applyConfiguration(tables, configuration)
    fails = true
    await nextPoll()
    expect(problems).toHaveLength(1)
    expect(watch.current().revision).toBe(0)
    await nextPoll()
    expect(revisions(watch.current())).toEqual([1, 1, 1])
    await watch.close()
  })
})
