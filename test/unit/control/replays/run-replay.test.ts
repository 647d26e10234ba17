import { describe, expect, it } from 'vitest'
import { applyConfiguration } from '../../../../src/configuration/apply-configuration.ts'
import type { Configuration } from '../../../../src/configuration/model.ts'
import { coreTables } from '../../../../src/configuration/tables.ts'
import type { ReplayRequest } from '../../../../src/control/replays/create-replays.ts'
import type { Replay } from '../../../../src/control/replays/replay.ts'
import { runReplay } from '../../../../src/control/replays/run-replay.ts'
import { controlTables } from '../../../../src/control/tables.ts'
import { readReplayMark } from '../../../../src/events/headers.ts'
import { readWith, systemWith } from '../../../data/configuration.ts'
import { connectionOf, productChanged } from '../../../data/processor-events.ts'
import { memoryResync } from '../../../memory/resync.ts'
import { memoryTables } from '../../../memory/tables.ts'

const system = (id: string) => systemWith(id, 'netsuite', { reads: [readWith(id, 'products')] })

const configuration: Configuration = {
  revision: 1,
  systems: [system('netsuite'), system('other')],
  connections: [
    connectionOf('a', '.', { reads: ['netsuite.products.all'] }),
    connectionOf('b', '.', { reads: ['netsuite.products.all', 'other.products.all'] }),
  ],
  metadata: [],
}

const asked: ReplayRequest = {
  topic: 'products',
  processor: 'map-products',
  connection: null,
  source: null,
  key: null,
  from: null,
  to: null,
  offsets: null,
  allVersions: false,
  trigger: 'cli',
  by: 'me',
  reason: null,
  rate: 1000,
}

async function prepare(skus = 5) {
  const tables = memoryTables([...controlTables, ...coreTables])
  await applyConfiguration(tables, configuration)
  const world = await memoryResync(tables)
  const product = (sku: number, version: number, source = 'netsuite') =>
    productChanged({ sku: `S-${sku}`, name: `v${version}` }, { occurredAt: version * 1000, source })
  const numbers = Array.from({ length: skus }, (_, sku) => sku)
  await world.append('products', ...numbers.map((sku) => product(sku, 1)))
  await world.append('products', ...numbers.map((sku) => product(sku, 2)))
  const replayed = async () =>
    await Promise.all(
      world.records('products').flatMap((record) => {
        const mark = readReplayMark(record.headers)
        if (mark === null) return []
        return [world.deps.codec.decode('products', record.value).then((event) => ({ mark, event }))]
      }),
    )
  const run = async (request: Partial<ReplayRequest> = {}) => {
    const { id } = await world.replays.request({ ...asked, ...request })
    return await finish(id)
  }
  const finish = async (id: string) => {
    const job = await world.deps.jobs.take((await world.deps.jobs.get(id)) as Replay, world.deps.clock.now(), 30_000)
    if (job === undefined) throw new Error('the job is held')
    const state = await runReplay(world.deps, job, new AbortController().signal)
    return { state, id, replayed: await replayed() }
  }
  return { ...world, tables, product, run, finish, replayed }
}

describe('a replay', () => {
  it('appends the newest version of each key again, for its stage and connection alone, as a task of its own', async () => {
    const world = await prepare()
    // Written late: the log's last record of the key is not its newest version.
    await world.append('products', world.product(0, 1))
    const { id, state, replayed } = await world.run({ connection: 'a' })
    expect(state).toBe('ended')
    expect(replayed).toHaveLength(5)
    expect(new Set(replayed.map(({ event }) => event.key)).size).toBe(5)
    for (const { event, mark } of replayed) {
      expect(event).toMatchObject({ data: { name: 'v2' }, taskId: id })
      expect(mark).toEqual({ replayId: id, stage: 'map-products', connection: 'a', revision: 1 })
    }
    expect(await world.replays.get(id)).toMatchObject({ selected: 5, sent: 5 })
  })

  it('leaves out what earlier replays appended, and takes every version when it is asked to', async () => {
    const world = await prepare(3)
    await world.run()
    const before = (await world.replayed()).length
    const { replayed } = await world.run({ allVersions: true })
    expect(before).toBe(3)
    expect(replayed).toHaveLength(3 + 6)
    expect(await world.replays.preview(asked)).toMatchObject({ events: 6, keys: 3, to_send: 3 })
  })

  it('says before how many events it is, and for whom', async () => {
    const world = await prepare()
    await world.append('products', world.product(7, 1, 'other'))
    const preview = await world.replays.preview({ ...asked, rate: 2 })
    expect(preview).toMatchObject({ events: 11, keys: 6, to_send: 6, connections: { a: 5, b: 6 }, seconds: 3 })
    expect(preview.amounts).toEqual([])
    expect(preview.samples).toHaveLength(6)
    expect(await world.replays.preview({ ...asked, connection: 'a' })).toMatchObject({ to_send: 5 })
    expect(await world.replays.preview({ ...asked, key: 'S-3' })).toMatchObject({ events: 2, to_send: 1 })
    expect(await world.replayed()).toEqual([])
    await expect(world.replays.preview({ ...asked, processor: 'route-orders' })).rejects.toMatchObject({
      code: 'request_invalid',
      message: expect.stringMatching(/"route-orders" does not consume products; it is consumed by map-products/),
    })
  })

  it('goes on after a crash where it was, under another worker, and the first can do nothing any more', async () => {
    const world = await prepare(30)
    const { id } = await world.replays.request({ ...asked, rate: 4 })
    const { deps } = world
    const due = (await deps.jobs.get(id)) as Replay
    const taken = (await deps.jobs.take(due, deps.clock.now(), 1_000)) as Replay
    let sends = 0
    const frozen = Promise.withResolvers<void>()
    const producer = {
      ...deps.producer,
      send: async (...args: Parameters<typeof deps.producer.send>) => {
        sends += 1
        if (sends === 3) await frozen.promise
        await deps.producer.send(...args)
      },
    }
    const first = runReplay({ ...deps, producer }, taken, new AbortController().signal)
    await expect.poll(() => sends).toBe(3)
    await deps.clock.sleep(60_000)
    const second = await world.finish(id)
    expect(second.state).toBe('ended')
    frozen.resolve()
    await expect(first).rejects.toMatchObject({ code: 'lease_lost' })
    const keys = (await world.replayed()).map(({ event }) => event.key)
    expect(new Set(keys).size).toBe(30)
    // What was sent and not yet noted is sent twice, at most.
    expect(keys.length).toBeLessThanOrEqual(34)
  })

  it('sends again what came in while stages may still have had the old configuration', async () => {
    const world = await prepare(3)
    const { deps } = world
    const late = world.product(2, 3)
    let told = false
    const clock = {
      ...deps.clock,
      sleep: async (ms: number) => {
        if (!told && (await world.replayed()).length === 3) {
          told = true
          await world.append('products', late)
        }
        await deps.clock.sleep(ms)
      },
    }
    const { id } = await world.replays.request(asked)
    const job = (await deps.jobs.take((await deps.jobs.get(id)) as Replay, clock.now(), 30_000)) as Replay
    await runReplay({ ...deps, clock }, job, new AbortController().signal)
    const sent = (await world.replayed()).map(({ event }) => `${event.key} ${event.data.name}`)
    expect(sent).toHaveLength(4)
    expect(sent).toContain('S-2 v3')
  })

  it('ends when it is canceled', async () => {
    const world = await prepare(10)
    const { id } = await world.replays.request(asked)
    await world.replays.cancel(id)
    expect(await world.finish(id)).toMatchObject({ state: 'canceled', replayed: [] })
  })
})
