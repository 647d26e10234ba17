import type { Read } from '../../src/configuration/model.ts'
import { versionRank } from '../../src/events/version.ts'
import type { Clock } from '../../src/platform/clock.ts'
import { createGovernors } from '../../src/platform/governor/governors.ts'
import { createReader } from '../../src/producers/create-reader.ts'
import type { Clients } from '../../src/systems/clients.ts'
import { createSqsClient } from '../../src/systems/sqs/client.ts'
import { readSqsMessages } from '../../src/systems/sqs/read-messages.ts'
import { clientSettings, settings as declared, type QueuedEntity } from '../../src/systems/sqs/settings.ts'
import { messageKinds } from '../../src/systems/sqs/system.ts'
import { systemTypes } from '../../src/systems/systems.ts'
import { localNetwork } from '../data/loopback.ts'
import { SQS_SECRETS } from './elasticmq.ts'
import { connectable } from './settings.ts'
import { sourceRuns } from './source-runs.ts'
import { checkedRead, systemOf, wallClock } from './sources.ts'
import { silentLogger } from './stage-context.ts'

/** Short, so that what was taken and not deleted is there again while a test waits. */
const VISIBILITY_SECONDS = 2

export interface SqsWorldOptions {
  readonly zone?: string
  readonly settings?: Readonly<Record<string, string>>
  readonly timeoutMs?: number
}

/** The runs of one read of queues at an address, over tables and a log in memory. */
export function sqsWorld<E extends QueuedEntity>(
  entity: E,
  address: string,
  { zone = 'UTC', settings = {}, timeoutMs }: SqsWorldOptions = {},
) {
  const system = systemOf({
    id: 'shop',
    type: 'sqs' as const,
    address,
    zone,
    secrets: { accessKeyId: 'env:SQS_KEY_ID', secretAccessKey: 'env:SQS_SECRET' },
    settings: {
      region: 'eu-central-1',
      currency: 'USD',
      quietSeconds: '0',
      visibilitySeconds: String(VISIBILITY_SECONDS),
      ...settings,
    },
  })
  const read = checkedRead(system, entity, 50)
  /** How long was waited, for whatever. */
  const waits: number[] = []
  const clock: Clock = {
    now: () => wallClock.now(),
    async sleep(ms, signal) {
      waits.push(ms)
      await wallClock.sleep(ms, signal)
    },
  }
  const clientDeps = { clock, governors: createGovernors(clock), network: localNetwork, logger: silentLogger }
  const connected = connectable(declared, { ...system, secrets: SQS_SECRETS })
  const client = createSqsClient(
    { ...clientSettings(connected), ...(timeoutMs === undefined ? {} : { timeoutMs }) },
    clientDeps,
  )
  const open = {
    reader: (one: Read, _deps: object, queueUrl: string | null) =>
      readSqsMessages({ client, system: connected, read: one, clock, queueUrl }, messageKinds[entity] as never),
  }
  const clients = { systemTypes, of: async () => open, forget: () => undefined } as unknown as Clients
  const reader = (queueUrl: string | null = null) => createReader(read, system, { clock, clients }, queueUrl)
  return { waits, reader, ...sourceRuns(entity, read, clock, reader) }
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
    order_id: id,
    order_status: 'processing',
    order_date: '2026-03-02 04:00:00',
    order_update_date: '2026-03-02 04:10:00',
    ship_method: 'flatrate',
    bo_customer_id: '####',
    addresses: {
      billto: { ...address, country: 'US', postcode: '78701', email: 'zoe@example.com', companyname: '####' },
    },
    items: [
      { sku: 'WLD-1', name: 'Chair', price: '10.50', qty: '2', discount_amt: '0', tax_amt: '1.73', sub_total: '21' },
    ],
    sub_total: '21.0000',
    discount_amt: '0',
    shipping_amt: '5',
    tax_amt: '1.73',
    grand_total: '27.73',
    ...more,
  }
}
