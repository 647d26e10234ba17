import type { EntityResult } from '../../src/events/generated/events.ts'
import type { OperationDeps } from '../../src/operations/dependencies.ts'
import type { LogRecord } from '../../src/platform/kafka/event-log.ts'
import { createStatusReporter } from '../../src/platform/runtime/status-reporter.ts'
import { memoryCodec } from '../memory/codec.ts'

/** `sync-status` and `dead-letters`, of one partition each, as operations read them; counts what is asked of them. */
export function liveTopics() {
  const codec = memoryCodec()
  const topics = new Map<string, LogRecord[]>([
    ['sync-status', []],
    ['dead-letters', []],
  ])
  const asked = { ends: 0, down: false }
  const append = (topic: string, key: string, value: Buffer | null) => {
    const records = topics.get(topic) ?? []
    const place = { topic, partition: 0, offset: BigInt(records.length) }
    records.push({ ...place, timestamp: 0, key: Buffer.from(key), value, headers: [] })
  }
  const producer = {
    send: async (records: readonly { topic: string; key: string; value: Buffer }[]) => {
      for (const { topic, key, value } of records) append(topic, key, value)
    },
    close: async () => undefined,
  }
  const clock = { now: () => 0, sleep: async () => undefined }
  const reporter = createStatusReporter({ producer, codec, topicPrefix: '', clock })
  const deps: Pick<OperationDeps, 'admin' | 'staged'> = {
    admin: {
      createTopics: async () => [],
      committed: async () => new Map(),
      close: async () => undefined,
      async ends(topic) {
        asked.ends += 1
        if (asked.down) throw new Error('the broker is down')
        return [{ partition: 0, start: 0n, end: BigInt(topics.get(topic)?.length ?? 0) }]
      },
    },
    staged: {
      codec,
      topicPrefix: '',
      reader: { read: async (places) => places.map(({ topic, offset }) => topics.get(topic)?.[offset] ?? null) },
    },
  }
  return {
    deps,
    asked,
    report: (stage: string, ...results: readonly EntityResult[]) =>
      reporter.report(
        stage,
        0,
        results.map((result) => ({ taskId: 't', result })),
      ),
    /** As the runtime and the operations on dead letters append one. */
    letter: (stage: string, connection: string, key: string) =>
      append('dead-letters', `${stage}|${connection}|${key}`, null),
    append,
  }
}
