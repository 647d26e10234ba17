import type { Platform } from '../src/cli/platform.ts'
import { recordKey, type TopicEvents } from '../src/events/topics.ts'
import type { OutgoingRecord } from '../src/platform/kafka/event-log.ts'
import { mapInventory } from '../src/processors/map-inventory.ts'
import { configuration } from './data/configuration.ts'
import { inventory } from './data/inventory.ts'
import { orders } from './data/orders.ts'
import type { Job } from './jobs/job.ts'

export interface FillOptions {
  readonly seed: number
  readonly count: number
}

/** Different SKUs in the stock changes of a comparison. */
const SKUS = 100_000
const CHUNK = 1000

/** Appends the events that a job reads; answers their mean size in bytes. */
export async function fillTopic(platform: Platform, job: Job, options: FillOptions): Promise<number> {
  let bytes = 0
  for await (const records of chunks(recordsOf(platform, job, options), CHUNK)) {
    await platform.producer.send(records)
    for (const { value } of records) bytes += value.length
  }
  return Math.round(bytes / options.count)
}

/** Topic of a job, without prefix. */
const topicOfJob = { route: 'orders', map: 'inventory', project: 'universal-inventory' } as const

async function* recordsOf(platform: Platform, job: Job, { seed, count }: FillOptions): AsyncGenerator<OutgoingRecord> {
  const kind = topicOfJob[job]
  if (kind === 'orders') for (const event of orders({ seed, count })) yield sourceRecord(platform, kind, event)
  else {
    for (const event of inventory({ seed, count, keys: SKUS })) {
      if (kind === 'inventory') yield sourceRecord(platform, kind, event)
      else yield* mapped(platform, event)
    }
  }
}

/** The record by which a producer appends the event. */
export function sourceRecord<K extends 'orders' | 'inventory'>(
  { codec, config }: Platform,
  kind: K,
  event: TopicEvents[K],
): OutgoingRecord {
  return {
    topic: `${config.topicPrefix}${kind}`,
    key: recordKey(event.source, event.key),
    value: codec.encode(kind, event),
  }
}

/** The records that a processor appends for the event. */
export async function* mapped(
  { codec, config }: Platform,
  event: TopicEvents['inventory'],
): AsyncGenerator<OutgoingRecord> {
  const context = { connections: configuration.connections, metadataOf: () => undefined }
  for (const output of (await mapInventory.process(event, context, undefined)).outputs) {
    yield {
      topic: `${config.topicPrefix}${output.kind}`,
      key: output.key,
      value: codec.encode(output.kind, output.event),
    }
  }
}

export async function* chunks<T>(items: Iterable<T> | AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let chunk: T[] = []
  for await (const item of items) {
    chunk.push(item)
    if (chunk.length < size) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}
