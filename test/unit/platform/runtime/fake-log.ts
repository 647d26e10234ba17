import { StreamError } from '../../../../src/errors.ts'
import type {
  ConsumeOptions,
  EventLog,
  LogAdmin,
  LogBatch,
  LogRecord,
  OutgoingRecord,
} from '../../../../src/platform/kafka/event-log.ts'
import { memoryCodec } from '../../../memory/codec.ts'
import { memoryProducer } from '../../../memory/producer.ts'
import { silentLogger } from '../../../worlds/stage-context.ts'
import { virtualClock } from './virtual-clock.ts'

export type FakeBatch = LogBatch & { readonly committed: bigint[]; lose(): void; rebalance(): void }

/** One partition `p.sync-requests` 0 in the hands of a test, which hands over the batches itself. */
export function fakeLog() {
  const codec = memoryCodec()
  const producer = memoryProducer()
  const clock = virtualClock()
  const joins: ConsumeOptions[] = []
  /** What each assignment was told of where to begin. */
  const starts: unknown[] = []
  const assign = async (options: ConsumeOptions | undefined) => {
    const partitions = new Map([['p.sync-requests', [0]]])
    options?.onAssigned?.(partitions)
    starts.push(await options?.startAt?.(partitions))
  }
  const failJoins: Error[] = []
  /** Errors of the next reads of committed offsets. */
  const failReads: Error[] = []
  let closed = 0
  let end = 0n
  let committed: bigint | null = null
  const consume: EventLog['consume'] = async (options) => {
    const failure = failJoins.shift()
    if (failure !== undefined) throw failure
    joins.push(options)
    await assign(options)
    return {
      owns: () => true,
      close: async () => {
        closed += 1
      },
    }
  }
  const admin: LogAdmin = {
    createTopics: async () => [],
    ends: async () => [{ partition: 0, start: 0n, end }],
    committed: async () => {
      const failure = failReads.shift()
      if (failure !== undefined) throw failure
      return new Map([[0, committed]])
    },
    close: async () => undefined,
  }
  const none = { read: async () => null, scan: async () => undefined }
  const log: EventLog = { producer: async () => producer, consume, admin: async () => admin, ...none }
  return {
    clock,
    producer,
    joins,
    starts,
    /** A rebalance that gives the same partition to the last consumer again. */
    assignAgain: async () => await assign(joins.at(-1)),
    failJoins,
    failReads,
    closed: () => closed,
    setEnd: (offset: bigint) => {
      end = offset
    },
    /** What the broker has as committed. */
    setCommitted: (offset: bigint | null) => {
      committed = offset
    },
    deps: { log, producer, codec, clock, logger: silentLogger, admin, topicPrefix: 'p.' },
    deadLetters: async () =>
      await Promise.all(producer.sent.map(({ value }: OutgoingRecord) => codec.decode('dead-letters', value))),
    batch: (values: readonly (string | Buffer)[], from = 0n): FakeBatch =>
      fakeBatch(values.map((value, index) => toRecord(value, from + BigInt(index), codec))),
  }
}

function toRecord(value: string | Buffer, offset: bigint, codec: ReturnType<typeof memoryCodec>): LogRecord {
  const event = {
    requestId: String(value),
    read: 'r',
    trigger: 'api',
    requestedAt: 1,
    requestedBy: null,
    reason: null,
    from: null,
    queueUrl: null,
  }
  const bytes = Buffer.isBuffer(value) ? value : codec.encode('sync-requests', event)
  const place = { topic: 'p.sync-requests', partition: 0, offset, timestamp: 5 }
  return { ...place, key: Buffer.from('owner|entity'), value: bytes, headers: [{ key: 'h', value: null }] }
}

function fakeBatch(records: readonly LogRecord[]): FakeBatch {
  const committed: bigint[] = []
  let [owned, rebalancing] = [true, false]
  return {
    topic: 'p.sync-requests',
    partition: 0,
    records,
    highWatermark: (records.at(-1)?.offset ?? -1n) + 1n,
    committed,
    owned: () => owned,
    async heartbeat() {
      if (!owned || rebalancing) throw new StreamError('stopping', 'the group is rebalancing')
    },
    async commit(offset) {
      if (!owned) throw new Error('committed without owning')
      committed.push(offset)
    },
    lose() {
      owned = false
    },
    rebalance() {
      rebalancing = true
    },
  }
}
