import { createDeadLetters } from '../../src/control/dead-letters/create-dead-letters.ts'
import type { PreviewRetry } from '../../src/control/dead-letters/preview.ts'
import type { DeadLettered } from '../../src/events/generated/events.ts'
import { letterActNotes } from '../../src/operations/letter-acts.ts'
import type { Tables } from '../../src/platform/dynamodb/tables.ts'
import type { LogRecord } from '../../src/platform/kafka/event-log.ts'
import { deadLetterStage } from '../../src/projections/dead-letters.ts'
import { letterStore } from '../../src/projections/letter-store.ts'
import { memoryCodec } from '../memory/codec.ts'
import { memoryProducer } from '../memory/producer.ts'
import { batchContext, decoded, memoryReporter } from '../worlds/stage-context.ts'

/** A dead letter of an order that was refused by its target. */
export function deadLettered(over: Partial<DeadLettered> = {}): DeadLettered {
  return {
    deadLetterId: 'd-1',
    stage: 'deliver-erp',
    connection: 'c1',
    key: '100',
    topic: 't.vendor-orders.erp',
    partition: 2,
    offset: 42,
    timestamp: 1000,
    originalKey: Buffer.from('c1|100'),
    originalValue: Buffer.from([0, 255, 1]),
    headers: [{ key: 'h', value: Buffer.from([7]) }],
    code: 'target_rejected',
    message: 'item 7 is inactive',
    field: 'lines[0].sku',
    attempts: 3,
    firstAt: 2000,
    lastAt: 3000,
    taskId: 't',
    eventId: 'e-1',
    retry: 0,
    change: null,
    ...over,
  }
}

/** Appends to the topic of dead letters and projects it; offsets go on from call to call. */
export function letterProjector(tables: Tables) {
  const stage = deadLetterStage({ tables })
  let next = 0
  return async (...events: readonly DeadLettered[]): Promise<void> => {
    const batch = events.map((event) => decoded<'dead-letters'>(event, { offset: next++, partition: 1 }))
    await stage.handle(batch, batchContext().context)
  }
}

const PREFIX = 't.'

/** What the API and the command share, over memory. Records that are sent to `dead-letters` are projected by `deliver`. */
export function memoryDeadLetters(tables: Tables, clock: { now(): number }) {
  const producer = memoryProducer()
  const codec = memoryCodec()
  const reporter = memoryReporter()
  const kept = new Map<string, LogRecord>()
  const waits: number[] = []
  const project = letterProjector(tables)
  let told = 0
  const deadLetters = createDeadLetters({
    tables,
    producer,
    codec,
    reporter,
    topicPrefix: PREFIX,
    store: letterStore(tables),
    noteAct: letterActNotes(tables),
    log: { read: async (topic, partition, offset) => kept.get(`${topic} ${partition} ${offset}`) ?? null },
    clock: { now: () => clock.now(), sleep: async (ms) => void waits.push(ms) },
  })
  const previewRetry: PreviewRetry = async (stage) => ({
    kind: 'other',
    verdict: `of ${stage}`,
    event: null,
    errors: [],
    decisions: [],
    outputs: [],
    delivery: null,
  })
  return {
    deadLetters,
    previewRetry,
    producer,
    codec,
    reporter,
    project,
    /** What callers were made to wait, in milliseconds. */
    waits,
    /** Puts a record where the log is read by place. */
    keep: (record: LogRecord) => kept.set(`${record.topic} ${record.partition} ${record.offset}`, record),
    /** Records sent to other topics than the dead letters'. */
    retried: () => producer.sent.filter(({ topic }) => topic !== `${PREFIX}dead-letters`),
    /** Projects what was told of dead letters since the last call. */
    async deliver(): Promise<void> {
      const sent = producer.sent.filter(({ topic }) => topic === `${PREFIX}dead-letters`)
      const fresh = sent.slice(told)
      told = sent.length
      await project(...(await Promise.all(fresh.map(({ value }) => codec.decode('dead-letters', value)))))
    },
  }
}
