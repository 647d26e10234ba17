import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { ConsumeOptions, EventLog, LogBatch, LogRecord } from '../../../src/platform/kafka/event-log.ts'
import { numbered, openLog } from './log-fixture.ts'

const soon = { timeout: 60_000, interval: 20 }

interface Member {
  readonly records: LogRecord[]
  assigned: ReadonlyMap<string, readonly number[]>
  close(): Promise<void>
}

/** Joins a group, notes what it is given and commits it. */
async function join(
  log: EventLog,
  options: Pick<ConsumeOptions, 'group' | 'topics'> & Partial<ConsumeOptions>,
): Promise<Member> {
  const records: LogRecord[] = []
  const member: Member = { records, assigned: new Map(), close: async () => undefined }
  const consumption = await log.consume({
    from: 'earliest',
    onBatch: async (batch) => {
      records.push(...batch.records)
      await commitAll(batch)
    },
    onAssigned: (partitions) => {
      member.assigned = partitions
    },
    onFailure: (error) => {
      throw error
    },
    ...options,
  })
  let closed: Promise<void> | undefined
  member.close = () => (closed ??= consumption.close())
  onTestFinished(() => member.close())
  return member
}

async function commitAll(batch: LogBatch): Promise<void> {
  const last = batch.records.at(-1)
  if (last !== undefined) await batch.commit(last.offset + 1n)
}

const numbers = (records: readonly LogRecord[]) => records.map(({ value }) => Number(value?.toString()))

describe('the log', () => {
  it('gives records back as they were sent, with the time the broker appended them', async () => {
    const { log, producer, topic, prefix } = await openLog()
    const name = await topic('plain')
    const before = Date.now() - 60_000
    const headers = { text: 'ü', bytes: Buffer.from([0, 255]) }
    await producer.send([{ topic: name, key: 'a|b', value: Buffer.from([1, 0, 255]), headers }])
    const member = await join(log, { group: `${prefix}g`, topics: [name] })
    await vi.waitFor(() => expect(member.records).toHaveLength(1), soon)
    expect(member.records[0]).toEqual({
      topic: name,
      partition: 0,
      offset: 0n,
      timestamp: expect.any(Number),
      key: Buffer.from('a|b'),
      value: Buffer.from([1, 0, 255]),
      headers: [
        { key: 'text', value: Buffer.from('ü') },
        { key: 'bytes', value: Buffer.from([0, 255]) },
      ],
    })
    expect(member.records[0]?.timestamp).toBeGreaterThan(before)
  })

  it('keeps the order of each key, also of sends that are made at the same time', async () => {
    const { log, producer, topic, prefix } = await openLog()
    const name = await topic('ordered', 3)
    await Promise.all(Array.from({ length: 40 }, (_, n) => producer.send(numbered(name, 50, 5, n * 50))))
    const member = await join(log, { group: `${prefix}g`, topics: [name] })
    await vi.waitFor(() => expect(member.records).toHaveLength(2000), soon)
    for (const [key, records] of Map.groupBy(member.records, ({ key }) => key?.toString())) {
      expect(records, key).toHaveLength(400)
      expect(numbers(records)).toEqual(numbers(records).toSorted((a, b) => a - b))
      expect(new Set(records.map(({ partition }) => partition)).size).toBe(1)
    }
  })

  it('places keys as every Kafka client does (murmur2)', async () => {
    const { log, producer, topic, prefix } = await openLog()
    const name = await topic('placed', 6)
    // By org.apache.kafka.common.utils.Utils: toPositive(murmur2(key)) % 6.
    const known = { 'magento|000000001': 5, 'netsuite|SKU-1': 4, 'ä|ö': 2, a: 4 }
    await producer.send(Object.keys(known).map((key) => ({ topic: name, key, value: Buffer.from('x') })))
    const member = await join(log, { group: `${prefix}g`, topics: [name] })
    await vi.waitFor(() => expect(member.records).toHaveLength(4), soon)
    const placed = member.records.map(({ key, partition }) => [key?.toString(), partition])
    expect(Object.fromEntries(placed)).toEqual(known)
  })

  it('sends more than one request holds', async () => {
    const { admin, producer, topic } = await openLog()
    const name = await topic('large')
    const value = Buffer.alloc(100_000, 'x')
    await producer.send(Array.from({ length: 60 }, () => ({ topic: name, key: 'k', value })))
    expect(await admin.ends(name)).toEqual([{ partition: 0, start: 0n, end: 60n }])
  })

  it('refuses a record that is too large, and no other that is sent at the same time', async () => {
    const { admin, producer, topic } = await openLog()
    const name = await topic('limited', 1, { 'max.message.bytes': '200000' })
    const sends = [
      producer.send(numbered(name, 3)),
      producer.send([{ topic: name, key: 'large', value: Buffer.alloc(1_200_000) }]),
      producer.send(numbered(name, 3)),
    ]
    const results = await Promise.allSettled(sends)
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(results[1]).toMatchObject({ reason: { code: 'value_too_large' } })
    expect(await admin.ends(name)).toEqual([{ partition: 0, start: 0n, end: 6n }])
  })

  it('goes on after the last committed offset, and hands over again what was not committed', async () => {
    const { log, admin, producer, topic, prefix } = await openLog()
    const name = await topic('committed')
    const group = `${prefix}g`
    await producer.send(numbered(name, 10))
    expect(await admin.committed(group, name)).toEqual(new Map([[0, null]]))
    const seen: number[] = []
    const failing = await join(log, {
      group,
      topics: [name],
      onBatch: async (batch) => {
        seen.push(...numbers(batch.records))
        if (seen.length < 11) await batch.commit(4n)
        throw new Error('fails after four')
      },
    })
    await vi.waitFor(() => expect(seen.length).toBeGreaterThan(15), soon)
    await failing.close()
    expect(seen.slice(0, 16)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 4, 5, 6, 7, 8, 9])
    expect(await admin.committed(group, name)).toEqual(new Map([[0, 4n]]))
    const member = await join(log, { group, topics: [name] })
    await vi.waitFor(() => expect(numbers(member.records)).toEqual([4, 5, 6, 7, 8, 9]), soon)
    expect(await admin.committed(group, name)).toEqual(new Map([[0, 10n]]))
  })

  it('shares the partitions of a group; without failures every record is handled once', async () => {
    const { log, producer, topic, prefix } = await openLog()
    const name = await topic('shared', 6)
    const options = { group: `${prefix}g`, topics: [name] }
    const shares = (...members: Member[]) => members.map(({ assigned }) => assigned.get(name)?.length ?? 0)
    const first = await join(log, options)
    await vi.waitFor(() => expect(shares(first)).toEqual([6]), soon)
    await producer.send(numbered(name, 500, 60))
    const joining = join(log, options)
    await producer.send(numbered(name, 500, 60, 500))
    const second = await joining
    await vi.waitFor(() => expect(shares(first, second)).toEqual([3, 3]), soon)
    await producer.send(numbered(name, 500, 60, 1000))
    const all = () => [...numbers(first.records), ...numbers(second.records)]
    await vi.waitFor(() => expect(new Set(all()).size).toBe(1500), soon)
    expect(all()).toHaveLength(1500)
    expect(second.records.length).toBeGreaterThan(100)
    await second.close()
    await vi.waitFor(() => expect(shares(first)).toEqual([6]), soon)
  })

  it('commits nothing for a partition that went to another member', async () => {
    const { log, admin, producer, topic, prefix } = await openLog()
    const name = await topic('revoked', 2)
    const group = `${prefix}g`
    await producer.send([0, 1, 2, 3, 4, 5].map((n) => ({ topic: name, key: `key-${n}`, value: Buffer.from('x') })))
    const kept: LogBatch[] = []
    const first = await join(log, { group, topics: [name], onBatch: async (batch) => void kept.push(batch) })
    await vi.waitFor(() => expect(new Set(kept.map(({ partition }) => partition)).size).toBe(2), soon)
    const old = [...kept]
    expect(old.every((batch) => batch.owned())).toBe(true)
    const second = await join(log, { group, topics: [name], onBatch: async () => undefined })
    await vi.waitFor(() => expect([first.assigned.size, second.assigned.size]).toEqual([1, 1]), soon)
    for (const batch of old) {
      expect(batch.owned()).toBe(false)
      await expect(batch.commit(1n)).rejects.toMatchObject({ code: 'stopping' })
    }
    expect([...(await admin.committed(group, name)).values()]).toEqual([null, null])
  })

  it('gives the last records of each partition, and nothing of a topic that is empty', async () => {
    const { log, producer, topic } = await openLog()
    const name = await topic('tail', 2)
    expect(await log.tail(name, 3)).toEqual([])
    await producer.send(numbered(name, 40, 7))
    const whole = await log.tail(name, 100)
    expect(numbers(whole).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, index) => index))
    const tail = await log.tail(name, 3)
    for (const partition of [0, 1]) {
      const of = (records: readonly LogRecord[]) => numbers(records.filter((record) => record.partition === partition))
      expect(of(tail)).toEqual(of(whole).slice(-3))
    }
  })

  it('makes topics once and refuses one with another partition count, naming the way out', async () => {
    const { admin, prefix } = await openLog()
    const definition = { name: `${prefix}made`, partitions: 3, replication: 1, config: {} }
    await Promise.all([admin.createTopics([definition]), admin.createTopics([definition])])
    await admin.createTopics([definition])
    expect(await admin.ends(definition.name)).toHaveLength(3)
    await expect(admin.createTopics([{ ...definition, partitions: 6 }])).rejects.toMatchObject({
      code: 'topic_differs',
      message: expect.stringMatching(/has 3 partitions .* asks for 6: set TOPIC_PARTITIONS=3/),
    })
  })
})
