import type { StreamError } from '../../src/errors.ts'
import type { TopicEvents, TopicKind } from '../../src/events/topics.ts'
import type { EventCodec } from '../../src/platform/codec.ts'
import type { LogProducer, OutgoingRecord } from '../../src/platform/kafka/event-log.ts'
import type { BatchContext, DeadLetterAbout, Decoded } from '../../src/platform/runtime/stage.ts'
import type { StageResult } from '../../src/platform/runtime/stage-result.ts'

/** What a stage did, in the order it did it. */
export interface StageLog {
  readonly steps: string[]
  readonly sent: OutgoingRecord[]
  readonly results: StageResult[]
  readonly deadLetters: { readonly error: StreamError; readonly about: DeadLetterAbout }[]
}

/** What a stage is run with: everything it does ends up in the log. */
export function fakeStage(topic = 'orders') {
  const log: StageLog = { steps: [], sent: [], results: [], deadLetters: [] }
  const ending = new AbortController()
  const context: BatchContext = {
    topic,
    partition: 3,
    highWatermark: 10n,
    finished: () => undefined,
    signal: ending.signal,
    assertOwned: () => ending.signal.throwIfAborted(),
    deadLetter: async (_record, error, about) => {
      log.steps.push('dead letter')
      log.deadLetters.push({ error, about })
    },
  }
  const producer: LogProducer = {
    send: async (records) => {
      log.steps.push('send')
      log.sent.push(...records)
    },
    close: async () => undefined,
  }
  const reporter = {
    report: async (_stage: string, _partition: number, results: readonly StageResult[]) => {
      log.steps.push('report')
      log.results.push(...results)
    },
  }
  return { log, context, producer, reporter, ending }
}

/** JSON in place of Avro. */
export const jsonCodec: EventCodec = {
  encode: (_kind, event) =>
    Buffer.from(JSON.stringify(event, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}` : value))),
  decode: async () => {
    throw new Error('is not used')
  },
}

/** Events as a batch of one partition. */
export function batchOf<K extends TopicKind>(...events: readonly TopicEvents[K][]): Decoded<K>[] {
  return events.map(
    (event: TopicEvents[K], index): Decoded<K> => ({
      event,
      record: {
        topic: 'orders',
        partition: 3,
        offset: BigInt(index),
        timestamp: 0,
        key: null,
        value: null,
        headers: [],
      },
    }),
  )
}
