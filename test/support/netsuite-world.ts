import { dispatch } from '../../src/control/dispatch.ts'
import { endLease, readControl, takeLease } from '../../src/control/read-control.ts'
import { taskIdOf } from '../../src/control/request-sync.ts'
import { getRun } from '../../src/control/runs.ts'
import { controlTables } from '../../src/control/tables.ts'
import { decimal4, decimal8 } from '../../src/events/decimal.ts'
import type { VendorOrderRequested } from '../../src/events/generated/events.ts'
import { contentDigest } from '../../src/events/identity.ts'
import type { Entity, TopicEvents } from '../../src/events/topics.ts'
import { runSource, type SourceResult } from '../../src/producers/run-source.ts'
import type { AnySourceReader, SourceReader } from '../../src/producers/source.ts'
import { memoryCodec } from './memory-codec.ts'
import { memoryProducer } from './memory-producer.ts'
import { memoryTables } from './memory-tables.ts'
import { connectionOf, lineOf, orderOf, vendorOrder } from './processor-events.ts'
import { readOf, WHOLE, wallClock } from './sources.ts'
import { silentLogger } from './stage-context.ts'

/** The runs of one reader of the system `netsuite`, over tables and a log in memory. */
export function runsOf<E extends Entity>(entity: E, reader: SourceReader<E>) {
  const read = readOf('netsuite', entity, 50)
  /** How long was waited, for whatever; nothing is waited for. */
  const waits: number[] = []
  const clock = { now: () => wallClock.now(), sleep: async (ms: number) => void waits.push(ms) }
  const tables = memoryTables(controlTables)
  const producer = memoryProducer()
  const codec = memoryCodec()
  const reporter = { report: async () => undefined }
  const deps = { tables, producer, codec, reporter, clock, logger: silentLogger, topicPrefix: '' }
  let requests = 0
  return {
    waits,
    /** One run as a worker does it; rejects when it fails. */
    async run(): Promise<SourceResult> {
      requests += 1
      const nothing = { requestedBy: null, reason: null, from: null, queueUrl: null }
      const request = { requestId: `r${requests}`, read: read.id, trigger: 'api', requestedAt: requests, ...nothing }
      await dispatch(tables, request)
      const lease = await takeLease(tables, await readControl(tables, read.id), { id: 'w', now: 0, leaseMs: 1 })
      const run = await getRun(tables, taskIdOf(request))
      if (lease === undefined || run === undefined) throw new Error('no run')
      const job = { run, read, window: WHOLE, fence: lease.fence, signal: new AbortController().signal }
      try {
        return await runSource(deps, { ...job, reader: reader as AnySourceReader })
      } finally {
        await endLease(tables, lease)
      }
    },
    /** What was appended to the topic, in order. */
    async events(): Promise<readonly TopicEvents[E][]> {
      const own = producer.sent.filter(({ topic }) => topic === entity)
      return await Promise.all(own.map(({ value }) => codec.decode(entity, value)))
    },
    async deadLetters() {
      const own = producer.sent.filter(({ topic }) => topic === 'dead-letters')
      return await Promise.all(own.map(({ value }) => codec.decode('dead-letters', value)))
    },
  }
}

export const netsuiteConnection = connectionOf('shop-a', '^WLD-')

/** A vendor's order of so many pieces of each SKU, ten each. */
export function netsuiteOrder(number: string, skus: readonly string[], pieces = 1): VendorOrderRequested {
  const lines = skus.map((sku, index) =>
    lineOf(String(11 + index), sku, {
      quantityOrdered: decimal8(String(pieces), 'quantity'),
      rowTotal: decimal4(String(10 * pieces), 'total'),
    }),
  )
  const made = vendorOrder(netsuiteConnection.id, number, orderOf(lines))
  return { ...made, contentDigest: contentDigest({ deleted: false, data: made.data }) }
}
