import type { TopicDefinition } from '../../platform/kafka/event-log.ts'
import { createKafkaEventLog, type KafkaSettings } from '../../platform/kafka/kafkajs-event-log.ts'
import { createRecordReader } from '../../platform/kafka/kafkajs-record-reader.ts'
import type { LogInspector } from '../../platform/kafka/log-inspector.ts'
import { systemClock } from '../../platform/system-clock.ts'
import type { Check } from './finding.ts'
import { judgeBrokerClock } from './skew.ts'

/** Compares the local clock with the broker's newest timestamp in a topic that every process writes to. */
export function brokerClockCheck(
  inspector: () => Promise<LogInspector>,
  kafka: KafkaSettings,
  topic: TopicDefinition | undefined,
  settleMs: number,
): Check {
  return {
    name: 'clock broker',
    async run() {
      const isThere = topic !== undefined && (await (await inspector()).topics([topic])).length > 0
      const newest = isThere ? await newestAppend(kafka, topic.name) : null
      return [judgeBrokerClock(newest, systemClock.now(), settleMs)]
    },
  }
}

/** Null: the topic is empty. */
async function newestAppend(kafka: KafkaSettings, topic: string): Promise<number | null> {
  const [admin, reader] = await Promise.all([createKafkaEventLog(kafka).admin(), createRecordReader(kafka)])
  try {
    const ends = (await admin.ends(topic)).filter(({ start, end }) => end > start)
    const last = await reader.read(ends.map(({ partition, end }) => ({ topic, partition, offset: Number(end - 1n) })))
    const times = last.flatMap((record) => (record === null ? [] : [record.timestamp]))
    return times.length === 0 ? null : Math.max(...times)
  } finally {
    await Promise.allSettled([admin.close(), reader.close()])
  }
}
