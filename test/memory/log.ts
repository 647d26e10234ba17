import { StreamError } from '../../src/errors.ts'
import type { EventLog, LogAdmin, LogProducer } from '../../src/platform/kafka/event-log.ts'
import type { MemoryBroker } from './broker.ts'
import { type ConsumerTimes, type LogHost, MemoryConsumer } from './consumer.ts'

/** Small, so that a scan takes several requests. */
const SCAN_BATCH = 50n

/** The port to the log over a broker in memory, as one process has it. */
export function memoryEventLog(broker: MemoryBroker, host: LogHost, times: ConsumerTimes): EventLog {
  return {
    producer: async () => createProducer(broker, host),
    async consume(options) {
      const consumer = new MemoryConsumer(broker, host, times, options)
      await consumer.join()
      return { owns: (topic, partition) => consumer.owns(topic, partition), close: () => consumer.close() }
    },
    admin: async () => createAdmin(broker, host),
    read: (topic, partition, offset) =>
      host.request(`read ${topic} ${partition} ${offset}`, () => {
        const [record] = broker.records(topic, partition, offset, 1)
        return record?.offset === offset ? record : null
      }),
    async scan(topic, range, onRecords, signal) {
      for (const [partition, { from, to }] of range) {
        for (let next = from; next < to; ) {
          if (signal?.aborted) throw new StreamError('stopping', `the scan of ${topic} was stopped`)
          const most = Number(to - next < SCAN_BATCH ? to - next : SCAN_BATCH)
          const records = await host.request(`scan ${topic} ${partition}`, () =>
            broker.records(topic, partition, next, most),
          )
          const last = records.at(-1)
          if (last === undefined) break
          await onRecords(records)
          next = last.offset + 1n
        }
      }
    },
  }
}

/** One send at a time, as the real one does: sends of one process are not reordered. */
function createProducer(broker: MemoryBroker, host: LogHost): LogProducer {
  let last: Promise<unknown> = Promise.resolve()
  let closed = false
  return {
    async send(records) {
      if (closed) throw new StreamError('broker_unavailable', 'the producer is closed')
      if (records.length === 0) return
      const sending = last.then(() =>
        host.request(`send ${[...new Set(records.map(({ topic }) => topic))].join(' ')}`, () => broker.append(records)),
      )
      last = sending.catch(() => undefined)
      await sending
    },
    async close() {
      closed = true
      await last
    },
  }
}

function createAdmin(broker: MemoryBroker, host: LogHost): LogAdmin {
  const partitions = (topic: string) => broker.topic(topic).partitions.map((_, partition) => partition)
  return {
    createTopics: (topics) => host.request('create topics', () => broker.createTopics(topics)),
    ends: (topic) =>
      host.request(`ends ${topic}`, () =>
        partitions(topic).map((partition) => ({ partition, start: 0n, end: broker.end(topic, partition) })),
      ),
    committed: (group, topic) =>
      host.request(`committed ${group}`, () => {
        const known = broker.group(group)
        return new Map(partitions(topic).map((partition) => [partition, known.committed(topic, partition)]))
      }),
    close: async () => undefined,
  }
}
