import { randomUUID } from 'node:crypto'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { StreamError } from '../../src/errors.ts'
import type {
  Assignment,
  ConsumeOptions,
  EventLog,
  LogAdmin,
  LogBatch,
  LogProducer,
  LogRecord,
  OutgoingRecord,
} from '../../src/platform/kafka/event-log.ts'
import { readTail } from '../../src/platform/kafka/read-tail.ts'

const soon = { timeout: 60_000, interval: 20 }

export interface LogFixture {
  readonly log: EventLog
  readonly producer: LogProducer
  readonly admin: LogAdmin
  /** Of this test alone. */
  readonly prefix: string
  /** Makes a topic of this test; its name with prefix. */
  topic(name: string, partitions?: number, config?: Readonly<Record<string, string>>): Promise<string>
}

interface Member {
  readonly records: LogRecord[]
  assigned: ReadonlyMap<string, readonly number[]>
  close(): Promise<void>
}

/** `count` records whose values are `from`, `from` + 1 …, spread over `keys` keys. */
function numbered(topic: string, count: number, keys = 1, from = 0): OutgoingRecord[] {
  return Array.from({ length: count }, (_, index) => ({
    topic,
    key: `key-${index % keys}`,
    value: Buffer.from(String(from + index)),
  }))
}

const numbers = (records: readonly LogRecord[]) => records.map(({ value }) => Number(value?.toString()))

async function commitAll(batch: LogBatch): Promise<void> {
  const last = batch.records.at(-1)
  if (last !== undefined) await batch.commit(last.offset + 1n)
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

/** A producer and an admin that are closed when the test ends. */
export async function openFixture(log: EventLog): Promise<LogFixture> {
  const [producer, admin] = await Promise.all([log.producer(), log.admin()])
  onTestFinished(async () => {
    await Promise.all([producer.close(), admin.close()])
  })
  const prefix = `test-${randomUUID()}.`
  return {
    log,
    producer,
    admin,
    prefix,
    async topic(name, partitions = 1, config = {}) {
      const topic = `${prefix}${name}`
      const times = { 'message.timestamp.type': 'LogAppendTime' }
      await admin.createTopics([{ name: topic, partitions, replication: 1, config: { ...times, ...config } }])
      return topic
    },
  }
}

/** What every implementation of the port to the log does. */
export function testEventLog(factory: () => EventLog | Promise<EventLog>): void {
  const open = async () => await openFixture(await factory())

  describe('the producer', () => testProducer(open))
  describe('a group', () => testGroup(open))
  describe('the admin', () => testAdmin(open))
  describe('the end of a topic', () => testTail(open))
  describe('a scan', () => testScan(open))
}

function testProducer(open: () => Promise<LogFixture>): void {
  it('appends records as they were sent, with the time the broker appended them', async () => {
    const { log, producer, topic, prefix } = await open()
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
    const { log, producer, topic, prefix } = await open()
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
    const { log, producer, topic, prefix } = await open()
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
    const { admin, producer, topic } = await open()
    const name = await topic('large')
    const value = Buffer.alloc(100_000, 'x')
    await producer.send(Array.from({ length: 60 }, () => ({ topic: name, key: 'k', value })))
    expect(await admin.ends(name)).toEqual([{ partition: 0, start: 0n, end: 60n }])
  })

  it('refuses a record that is too large, and no other that is sent at the same time', async () => {
    const { admin, producer, topic } = await open()
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
}

function testGroup(open: () => Promise<LogFixture>): void {
  it('goes on after the last committed offset, and is handed over again what was not committed', async () => {
    const { log, admin, producer, topic, prefix } = await open()
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
    await vi.waitFor(async () => expect(await admin.committed(group, name)).toEqual(new Map([[0, 10n]])), soon)
  })

  it('begins without a committed offset where it is told to', async () => {
    const { log, producer, topic, prefix } = await open()
    const name = await topic('begin')
    await producer.send(numbered(name, 3))
    const late = await join(log, { group: `${prefix}late`, topics: [name], from: 'latest' })
    await vi.waitFor(() => expect(late.assigned.get(name)).toEqual([0]), soon)
    const early = await join(log, { group: `${prefix}early`, topics: [name] })
    // The end is asked for after the partition was given: records go on coming until one is seen.
    await vi.waitFor(async () => {
      await producer.send(numbered(name, 1, 1, 3))
      expect(late.records.length).toBeGreaterThan(0)
    }, soon)
    expect(new Set(numbers(late.records))).toEqual(new Set([3]))
    await vi.waitFor(() => expect(numbers(early.records).slice(0, 4)).toEqual([0, 1, 2, 3]), soon)
  })

  it('begins where the caller says, and delivers nothing before that', async () => {
    const { log, producer, topic, prefix } = await open()
    const name = await topic('started')
    await producer.send(numbered(name, 5))
    const known = Promise.withResolvers<ReadonlyMap<string, ReadonlyMap<number, bigint>>>()
    const asked: unknown[] = []
    const startAt = async (assigned: Assignment) => {
      asked.push(Object.fromEntries(assigned))
      return await known.promise
    }
    const member = await join(log, { group: `${prefix}g`, topics: [name], startAt })
    await vi.waitFor(() => expect(asked).toEqual([{ [name]: [0] }]), soon)
    await producer.send(numbered(name, 1, 1, 5))
    expect(member.records).toEqual([])
    known.resolve(new Map([[name, new Map([[0, 3n]])]]))
    await vi.waitFor(() => expect(numbers(member.records)).toEqual([3, 4, 5]), soon)
  })

  it('fails where nobody can say where to begin', async () => {
    const { log, producer, topic, prefix } = await open()
    const name = await topic('lost')
    await producer.send(numbered(name, 5))
    const failures: unknown[] = []
    const member = await join(log, {
      group: `${prefix}g`,
      topics: [name],
      startAt: () => Promise.reject(new StreamError('table_unavailable', 'no table')),
      onFailure: (error) => void failures.push(error),
    })
    await vi.waitFor(() => expect(failures).toEqual([expect.objectContaining({ code: 'table_unavailable' })]), soon)
    expect(member.records).toEqual([])
  })

  // Both members start before anything is committed; one gets the other's partitions when much is.
  it('asks again where to begin when a partition comes from another member', async () => {
    const { log, admin, producer, topic, prefix } = await open()
    const name = await topic('inherited', 4)
    const group = `${prefix}g`
    const startAt = async (assigned: Assignment) => {
      const committed = await admin.committed(group, name)
      const unknown = (assigned.get(name) ?? []).filter((partition) => (committed.get(partition) ?? null) === null)
      return new Map([[name, new Map(unknown.map((partition) => [partition, 0n]))]])
    }
    const options = { group, topics: [name], startAt }
    const [first, second] = [await join(log, options), await join(log, options)]
    const shares = () => [first, second].map(({ assigned }) => assigned.get(name)?.length ?? 0)
    await vi.waitFor(() => expect(shares()).toEqual([2, 2]), soon)
    await producer.send(numbered(name, 200, 60))
    const all = () => [...numbers(first.records), ...numbers(second.records)]
    await vi.waitFor(() => expect(all()).toHaveLength(200), soon)
    await first.close()
    await vi.waitFor(() => expect(second.assigned.get(name)).toHaveLength(4), soon)
    await producer.send(numbered(name, 60, 60, 200))
    await vi.waitFor(() => expect(new Set(all()).size).toBe(260), soon)
    expect(all()).toHaveLength(260)
  })

  it('shares its partitions; without failures every record is handled once', async () => {
    const { log, producer, topic, prefix } = await open()
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
    const { log, admin, producer, topic, prefix } = await open()
    const name = await topic('revoked', 2)
    const group = `${prefix}g`
    await producer.send([0, 1, 2, 3, 4, 5].map((n) => ({ topic: name, key: `key-${n}`, value: Buffer.from('x') })))
    const kept: LogBatch[] = []
    const first = await join(log, { group, topics: [name], onBatch: async (batch) => void kept.push(batch) })
    await vi.waitFor(() => expect(new Set(kept.map(({ partition }) => partition)).size).toBe(2), soon)
    const old = [...kept]
    expect(old.every((batch) => batch.owned())).toBe(true)
    const second = await join(log, { group, topics: [name], onBatch: async () => undefined })
    const held = ({ assigned }: Member) => assigned.get(name)?.length ?? 0
    await vi.waitFor(() => expect([held(first), held(second)]).toEqual([1, 1]), soon)
    for (const batch of old) {
      expect(batch.owned()).toBe(false)
      await expect(batch.commit(1n)).rejects.toMatchObject({ code: 'stopping' })
    }
    expect([...(await admin.committed(group, name)).values()]).toEqual([null, null])
  })

  it('tells a handler by its heartbeat that another member waits for it', async () => {
    const { log, producer, topic, prefix } = await open()
    const name = await topic('asked')
    const group = `${prefix}g`
    await producer.send(numbered(name, 1))
    let asked: unknown
    let ownedThen = false
    const first = await join(log, {
      group,
      topics: [name],
      onBatch: async (batch) => {
        while (asked === undefined) {
          await batch.heartbeat().catch((error: unknown) => {
            asked = error
            ownedThen = batch.owned()
          })
          await new Promise((resolve) => setTimeout(resolve, 5))
        }
        if (batch.owned()) await commitAll(batch)
      },
    })
    await vi.waitFor(() => expect(first.assigned.size).toBe(1), soon)
    const second = await join(log, { group, topics: [name] })
    await vi.waitFor(() => expect(first.assigned.size + second.assigned.size).toBe(1), soon)
    expect(asked).toMatchObject({ code: 'stopping' })
    expect(ownedThen).toBe(true)
  })
}

function testAdmin(open: () => Promise<LogFixture>): void {
  it('makes topics once and refuses one with another partition count, naming the way out', async () => {
    const { admin, prefix } = await open()
    const definition = { name: `${prefix}made`, partitions: 3, replication: 1, config: {} }
    await Promise.all([admin.createTopics([definition]), admin.createTopics([definition])])
    await admin.createTopics([definition])
    expect(await admin.ends(definition.name)).toHaveLength(3)
    await expect(admin.createTopics([{ ...definition, partitions: 6 }])).rejects.toMatchObject({
      code: 'topic_differs',
      message: expect.stringMatching(/has 3 partitions, but TOPIC_PARTITIONS is 6: set TOPIC_PARTITIONS=3/),
    })
  })
}

function testTail(open: () => Promise<LogFixture>): void {
  it('is the last records of each partition, and nothing of a topic that is empty', async () => {
    const { log, admin, producer, topic } = await open()
    const name = await topic('tail', 2)
    expect(await readTail({ log, admin }, name, 3)).toEqual([])
    await producer.send(numbered(name, 40, 7))
    const whole = await readTail({ log, admin }, name, 100)
    expect(numbers(whole).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, index) => index))
    const tail = await readTail({ log, admin }, name, 3)
    for (const partition of [0, 1]) {
      const of = (records: readonly LogRecord[]) => numbers(records.filter((record) => record.partition === partition))
      expect(of(tail)).toEqual(of(whole).slice(-3))
    }
  })
}

function testScan(open: () => Promise<LogFixture>): void {
  it('gives the range of each partition in its order, and nothing else', async () => {
    const { log, admin, producer, topic } = await open()
    const name = await topic('scanned', 3)
    await producer.send(numbered(name, 600, 30))
    const ends = await admin.ends(name)
    await producer.send(numbered(name, 60, 30, 600))
    const [first, last] = [0, 2].map((partition) => ends.find((end) => end.partition === partition))
    const range = new Map([
      [0, { from: 5n, to: first?.end ?? 0n }],
      [1, { from: 0n, to: 0n }],
      [2, { from: 0n, to: last?.end ?? 0n }],
    ])
    const offsets = new Map<number, bigint[]>()
    await log.scan(name, range, async (records) => {
      for (const { partition, offset } of records) offsets.set(partition, [...(offsets.get(partition) ?? []), offset])
    })
    const counted = (from: number, to: bigint) =>
      Array.from({ length: Number(to) - from }, (_, index) => BigInt(from + index))
    expect(offsets.get(0)).toEqual(counted(5, first?.end ?? 0n))
    expect(offsets.get(1)).toBeUndefined()
    expect(offsets.get(2)).toEqual(counted(0, last?.end ?? 0n))
  })

  it('ends with what its reader threw, and when it is told to', async () => {
    const { log, producer, topic } = await open()
    const name = await topic('ended')
    await producer.send(numbered(name, 10))
    const range = new Map([[0, { from: 0n, to: 10n }]])
    const failing = log.scan(name, range, async () => {
      throw new Error('enough')
    })
    await expect(failing).rejects.toThrow('enough')
    const told = AbortSignal.abort()
    await expect(log.scan(name, range, async () => undefined, told)).rejects.toMatchObject({ code: 'stopping' })
  })
}
