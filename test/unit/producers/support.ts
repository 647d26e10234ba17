import { pino } from 'pino'
import { coreTables } from '../../../src/configuration/tables.ts'
import { pauseTables } from '../../../src/control/pauses.ts'
import { controlTables } from '../../../src/control/tables.ts'
import { decimal8 } from '../../../src/events/decimal.ts'
import type { TopicEvents } from '../../../src/events/topics.ts'
import type { Tables } from '../../../src/platform/dynamodb/tables.ts'
import type { StageResult } from '../../../src/platform/runtime/stage-result.ts'
import type { SourceDeps } from '../../../src/producers/run-source.ts'
import type { Page, ReadEntity } from '../../../src/systems/kit/source.ts'
import { memoryCodec } from '../../memory/codec.ts'
import { type MemoryProducer, memoryProducer } from '../../memory/producer.ts'
import { memoryTables } from '../../memory/tables.ts'

export interface Bench extends SourceDeps {
  readonly tables: Tables
  readonly producer: MemoryProducer
  readonly reported: StageResult[]
  /** Events appended to a topic, in order. */
  appended<K extends keyof TopicEvents>(kind: K): Promise<readonly TopicEvents[K][]>
}

export function bench(more: Partial<Pick<SourceDeps, 'codec'>> = {}): Bench {
  const tables = memoryTables([...coreTables, ...controlTables, ...pauseTables])
  const producer = memoryProducer()
  const codec = more.codec ?? memoryCodec()
  const reported: StageResult[] = []
  const reporter = {
    async report(_stage: string, _partition: number, results: readonly StageResult[]) {
      reported.push(...results)
    },
  }
  return {
    tables,
    producer,
    codec,
    reporter,
    reported,
    // Waits end at once: what is waited for is not the time.
    clock: { now: () => 5000, sleep: async () => undefined },
    logger: pino({ level: 'silent' }),
    topicPrefix: '',
    appended: (kind) =>
      Promise.all(producer.sent.filter(({ topic }) => topic === kind).map(({ value }) => codec.decode(kind, value))),
  }
}

/** One location's stock of an SKU, as a reader gives it. */
export function stock(sku: string, quantity: string, occurredAt = 1000): ReadEntity<'inventory'> {
  const available = decimal8(quantity, 'quantity')
  const locations = [{ location: 'East', onHand: available, available, attributes: {} }]
  return { key: sku, occurredAt, deleted: false, data: { sku, locations, attributes: {} }, raw: null }
}

export function pageOf(entities: readonly ReadEntity<'inventory'>[], requestedAt = 5000): Page<'inventory'> {
  const rows = entities.map(({ key, occurredAt }) => ({ key, changedAt: String(occurredAt) }))
  return { entities, unreadable: [], rows, reached: { changedAt: rows.at(-1)?.changedAt ?? '', id: '0' }, requestedAt }
}
