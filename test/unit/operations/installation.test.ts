import { describe, expect, it } from 'vitest'
import { readConsumers } from '../../../src/operations/installation/consumers.ts'
import { readTopics } from '../../../src/operations/installation/topics.ts'
import { allTopics } from '../../../src/platform/kafka/topic-definitions.ts'
import { sharedLook } from '../../../src/platform/shared-look.ts'
import { MemoryBroker } from '../../memory/broker.ts'
import { memoryInspector } from '../../memory/inspector.ts'

const definitions = allTopics({ prefix: 'p.', partitions: 2, replication: 1, targets: [] })
const names = new Set(definitions.map(({ name }) => name))

function world() {
  const time = { now: () => 5_000, after: () => undefined }
  const broker = new MemoryBroker({ time, sessionMs: 30_000, rebalanceMs: 10_000 })
  broker.createTopics(definitions)
  const send = (topic: string, ...keys: readonly string[]) =>
    broker.append(keys.map((key) => ({ topic, key, value: Buffer.from('x') })))
  const reader = {
    read: async (places: readonly { topic: string; partition: number; offset: number }[]) =>
      places.map(({ topic, partition, offset }) => broker.records(topic, partition, BigInt(offset), 1)[0] ?? null),
  }
  const commit = async (group: string, topic: string, offset: bigint) => {
    const joined = await broker.group(group).join(null, [topic])
    for (const partition of [0, 1]) {
      broker.group(group).commit(joined.member, joined.generation, `${topic} ${partition}`, offset)
    }
    return joined
  }
  const look = () => readConsumers(memoryInspector(broker), reader, { prefix: 'p.', topics: names })
  return { broker, send, commit, look }
}

describe('consumer groups', () => {
  it('have what they have left, and since when', async () => {
    const { send, commit, look } = world()
    send('p.orders', 'a', 'b', 'c', 'd')
    await commit('p.route-orders', 'p.orders', 0n)
    const { groups, complete } = await look()
    expect(complete).toBe(true)
    expect(groups).toMatchObject([
      {
        group: 'p.route-orders',
        state: 'Stable',
        lag: 4,
        oldest_at: '1970-01-01T00:00:05.000Z',
        topics: [{ topic: 'p.orders', partitions: 2, lag: 4 }],
      },
    ])
  })

  it('of others on the same brokers are not shown', async () => {
    const { broker, send, commit, look } = world()
    send('p.orders', 'a')
    broker.createTopics([{ name: 'p.foreign', partitions: 2, replication: 1, config: {} }])
    await commit('p.foreign-reader', 'p.foreign', 0n)
    await commit('other-reader', 'p.orders', 0n)
    expect((await look()).groups).toEqual([])
  })
})

describe('topics', () => {
  it('are shown with how many records they hold and what is not as it should be', async () => {
    const { broker, send } = world()
    send('p.orders', 'a', 'b', 'c')
    const inspector = memoryInspector(broker)
    const changed = {
      ...inspector,
      topics: async (wanted: typeof definitions) =>
        (await inspector.topics(wanted))
          .filter(({ name }) => name !== 'p.images')
          .map((topic) =>
            topic.name === 'p.orders' ? { ...topic, config: { ...topic.config, 'retention.ms': '1000' } } : topic,
          ),
    }
    const topics = new Map((await readTopics(changed, definitions)).map((one) => [one.topic, one]))
    expect(topics.get('p.orders')).toMatchObject({
      partitions: 2,
      records: 3,
      retention_ms: '1000',
      problems: [{ message: expect.stringContaining('retention.ms is 1000, not -1'), fix: expect.anything() }],
    })
    expect(topics.get('p.images')).toMatchObject({ partitions: 0, problems: [{ message: 'does not exist' }] })
    expect(topics.get('p.products')).toMatchObject({ problems: [] })
  })
})

it('a look is shared for a while, and one that failed is not kept', async () => {
  const clock = { time: 0, now: () => clock.time }
  const looks = { count: 0 }
  const look = sharedLook(
    async () => {
      looks.count += 1
      if (looks.count === 1) throw new Error('not now')
      return looks.count
    },
    clock,
    5_000,
  )
  await expect(look()).rejects.toThrow('not now')
  expect(await Promise.all([look(), look()])).toEqual([2, 2])
  clock.time = 4_999
  expect(await look()).toBe(2)
  clock.time = 5_000
  expect(await look()).toBe(3)
})
