import { describe, expect, it } from 'vitest'
import type { Configuration, Connection } from '../../../../src/configuration/model.ts'
import { type FeedDeps, feedOnce } from '../../../../src/control/replays/feed-new-connections.ts'
import { controlTables, SYNC_CONTROL } from '../../../../src/control/tables.ts'
import { readWith } from '../../../data/configuration.ts'
import { connectionOf } from '../../../data/processor-events.ts'
import { memoryResync } from '../../../memory/resync.ts'
import { memoryTables } from '../../../memory/tables.ts'

const ORDERS = 'magento.orders.all'
const PRODUCTS = 'netsuite.products.all'

const configured = (revision: number, ...connections: Connection[]): Configuration => ({
  revision,
  systems: [
    {
      id: 'magento',
      type: 'magento2',
      address: 'https://system.example',
      secrets: {},
      zone: 'UTC',
      settings: {},
      limits: { concurrency: 4 },
      reads: [readWith('magento', 'orders')],
    },
    {
      id: 'netsuite',
      type: 'netsuite',
      address: 'https://system.example',
      secrets: {},
      zone: 'UTC',
      settings: {},
      limits: { concurrency: 4 },
      reads: [readWith('netsuite', 'products')],
    },
  ],
  connections,
  metadata: [],
})

const one = connectionOf('one', '.', { reads: [ORDERS, PRODUCTS] })
const two = connectionOf('two', '.', { reads: [PRODUCTS] })

async function prepare() {
  const tables = memoryTables(controlTables)
  const { deps, targets } = await memoryResync(tables)
  const feedDeps: FeedDeps = { ...deps, targets, configuration: () => configured(1) }
  const wasRead = async (read: string) => {
    await tables.put(SYNC_CONTROL, {
      read,
      cut_date: '2026-01-01T00:00:00.000Z',
      revision: 1,
      fence: 1,
      lease_until: 0,
    })
  }
  const made = async () =>
    (await deps.jobs.list(50)).map(({ topic, connection, state, source }) => [topic, source, connection, state])
  return { tables, deps, feedDeps, wasRead, made }
}

describe('a new connection', () => {
  it('is fed once with what was read before, by a replay for it alone; one that was there is not', async () => {
    const { feedDeps, wasRead, made, tables } = await prepare()
    await wasRead(ORDERS)
    await wasRead(PRODUCTS)
    await feedOnce(feedDeps, configured(1, one))
    expect(await made()).toEqual([])
    const grown = configured(2, one, two)
    await Promise.all([feedOnce(feedDeps, grown), feedOnce({ ...feedDeps, tables: { ...tables } }, grown)])
    await feedOnce(feedDeps, { ...grown, revision: 3 })
    expect(await made()).toEqual([['products', 'netsuite', 'two', 'due']])
  })

  it('on a read that was never run gets everything by the read itself', async () => {
    const { feedDeps, made } = await prepare()
    await feedOnce(feedDeps, configured(1))
    await feedOnce(feedDeps, configured(2, two))
    expect(await made()).toEqual([])
  })

  it('is fed by the replay that was named before a crash', async () => {
    const { feedDeps, wasRead, made } = await prepare()
    await wasRead(PRODUCTS)
    await feedOnce(feedDeps, configured(1, one))
    const crashes = async () => {
      throw new Error('killed')
    }
    const killed = { ...feedDeps, jobs: { ...feedDeps.jobs, create: crashes } }
    await expect(feedOnce(killed, configured(2, one, two))).rejects.toThrow('killed')
    const again = { ...feedDeps, tables: { ...feedDeps.tables, update: crashes } }
    await expect(feedOnce(again, configured(2, one, two))).rejects.toThrow('killed')
    await feedOnce(feedDeps, configured(2, one, two))
    expect(await made()).toEqual([['products', 'netsuite', 'two', 'due']])
  })

  it('gets no old orders before it is said from when on', async () => {
    const { feedDeps, wasRead, made, deps } = await prepare()
    await wasRead(ORDERS)
    await feedOnce(feedDeps, configured(1, one))
    const three = connectionOf('three', '.', { reads: [ORDERS] })
    await feedOnce(feedDeps, configured(2, one, three))
    expect(await made()).toEqual([['orders', 'magento', 'three', 'blocked']])
    expect((await deps.jobs.list(1))[0]?.error).toMatchObject({
      code: 'start_from_missing',
      message: expect.stringMatching(/set ordersFrom/),
    })
    await feedOnce(feedDeps, configured(3, one, { ...three, ordersFrom: '2026-06-01T00:00:00Z' }))
    expect(await made()).toEqual([['orders', 'magento', 'three', 'due']])
    expect((await deps.jobs.list(1))[0]?.error).toBeNull()
  })

  it('that was away and comes back is fed again', async () => {
    const { feedDeps, wasRead, made, deps } = await prepare()
    await wasRead(PRODUCTS)
    await feedOnce(feedDeps, configured(1, two))
    await feedOnce(feedDeps, configured(2))
    await deps.clock.sleep(1000)
    await feedOnce(feedDeps, configured(3, two))
    expect(await made()).toEqual([['products', 'netsuite', 'two', 'due']])
  })
})
