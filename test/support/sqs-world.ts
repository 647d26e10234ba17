import { dispatch } from '../../src/control/dispatch.ts'
import { drainKey } from '../../src/control/drains.ts'
import { endLease, readControl, takeLease } from '../../src/control/read-control.ts'
import { taskIdOf } from '../../src/control/request-sync.ts'
import { getRun } from '../../src/control/runs.ts'
import { controlTables } from '../../src/control/tables.ts'
import type { Entity, TopicEvents } from '../../src/events/topics.ts'
import { versionRank } from '../../src/events/version.ts'
import type { Clock } from '../../src/platform/clock.ts'
import { createGovernors } from '../../src/platform/governor/governors.ts'
import { createReader } from '../../src/producers/create-reader.ts'
import { runSource, type SourceResult } from '../../src/producers/run-source.ts'
import type { Clients } from '../../src/systems/clients.ts'
import { createSqsClient } from '../../src/systems/sqs/client.ts'
import { sqsSettings } from '../../src/systems/sqs/settings.ts'
import { SQS_SECRETS } from './elasticmq.ts'
import { memoryCodec } from './memory-codec.ts'
import { memoryProducer } from './memory-producer.ts'
import { memoryTables } from './memory-tables.ts'
import { readOf, systemOf, WHOLE, wallClock } from './sources.ts'
import { silentLogger } from './stage-context.ts'

/** Short, so that what was taken and not deleted is there again while a test waits. */
const VISIBILITY_SECONDS = 2

export interface SqsWorldOptions {
  readonly zone?: string
  readonly settings?: Readonly<Record<string, string>>
  readonly timeoutMs?: number
}

/** The runs of one read of queues at an address, over tables and a log in memory. */
export function sqsWorld<E extends Entity>(
  entity: E,
  address: string,
  { zone = 'UTC', settings = {}, timeoutMs }: SqsWorldOptions = {},
) {
  const system = systemOf({
    ...{ id: 'shop', type: 'sqs' as const, address, zone },
    secrets: SQS_SECRETS,
    settings: {
      ...{ region: 'eu-central-1', currency: 'USD', quietSeconds: '0', visibilitySeconds: String(VISIBILITY_SECONDS) },
      ...settings,
    },
  })
  const read = readOf('shop', entity, 50)
  /** How long was waited, for whatever. */
  const waits: number[] = []
  const clock: Clock = {
    now: () => wallClock.now(),
    async sleep(ms, signal) {
      waits.push(ms)
      await wallClock.sleep(ms, signal)
    },
  }
  const clientDeps = { clock, governors: createGovernors(clock), logger: silentLogger }
  const client = createSqsClient(
    { ...sqsSettings(system), ...(timeoutMs === undefined ? {} : { timeoutMs }) },
    clientDeps,
  )
  const clients = { sqs: async () => client, forget: () => undefined } as unknown as Clients
  const tables = memoryTables(controlTables)
  const producer = memoryProducer()
  const codec = memoryCodec()
  const reporter = { report: async () => undefined }
  const deps = { tables, producer, codec, reporter, clock, logger: silentLogger, topicPrefix: '' }
  let requests = 0
  return {
    waits,
    reader: (queueUrl: string | null = null) => createReader(read, system, { clock, clients }, queueUrl),
    /** One run as a worker does it; rejects when it fails. Its row is as it is left. */
    async run(queueUrl: string | null = null): Promise<SourceResult> {
      requests += 1
      const nothing = { requestedBy: null, reason: null, from: null, queueUrl }
      const request = { requestId: `r${requests}`, read: read.id, trigger: 'api', requestedAt: requests, ...nothing }
      await dispatch(tables, request)
      const id = taskIdOf(request)
      const control = await readControl(tables, queueUrl === null ? read.id : drainKey(read.id, id))
      const lease = await takeLease(tables, control, { id: 'w', now: 0, leaseMs: 1 })
      const run = await getRun(tables, id)
      if (lease === undefined || run === undefined) throw new Error('no run')
      try {
        const job = { run, read, window: WHOLE, fence: lease.fence, signal: new AbortController().signal }
        return await runSource(deps, { ...job, reader: this.reader(queueUrl) })
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

/** Of each key the newest version: what every reader of the topic ends with. */
export function newestByKey<E extends { key: string; occurredAt: number | null; readAt: number }>(
  events: readonly E[],
): ReadonlyMap<string, E> {
  const newest = new Map<string, E>()
  for (const event of events) {
    const known = newest.get(event.key)
    if (known === undefined || versionRank(event) >= versionRank(known)) newest.set(event.key, event)
  }
  return newest
}

/** An order as a shop that pushes writes it. */
export function orderMessage(id: string, more: Readonly<Record<string, unknown>> = {}) {
  const address = { firstname: 'Zoë', lastname: 'Łukasz', address: '1 Main St', city: 'Austin', region: 'TX' }
  return {
    ...{ order_id: id, order_status: 'processing', order_date: '2026-03-02 04:00:00' },
    ...{ order_update_date: '2026-03-02 04:10:00', ship_method: 'flatrate', bo_customer_id: '####' },
    addresses: {
      billto: { ...address, country: 'US', postcode: '78701', email: 'zoe@example.com', companyname: '####' },
    },
    items: [
      { sku: 'WLD-1', name: 'Chair', price: '10.50', qty: '2', discount_amt: '0', tax_amt: '1.73', sub_total: '21' },
    ],
    ...{ sub_total: '21.0000', discount_amt: '0', shipping_amt: '5', tax_amt: '1.73', grand_total: '27.73' },
    ...more,
  }
}
