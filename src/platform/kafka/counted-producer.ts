import type { Meter } from '../metrics/meter.ts'
import type { LogProducer } from './event-log.ts'

/** A producer that counts the records that the broker has acknowledged, by topic. */
export function countedProducer(producer: LogProducer, meter: Meter): LogProducer {
  return {
    async send(records) {
      await producer.send(records)
      const counts = new Map<string, number>()
      for (const { topic } of records) counts.set(topic, (counts.get(topic) ?? 0) + 1)
      for (const [topic, count] of counts) meter.count('waldstream_records_sent_total', { topic }, count)
    },
    close: () => producer.close(),
  }
}
