import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { type RunningRoles, startRoles } from '../../../src/cli/roles.ts'
import { FORGOTTEN, isForgotten } from '../../../src/events/forgotten.ts'
import type { Order } from '../../../src/events/generated/events.ts'
import { recordKey } from '../../../src/events/topics.ts'
import type { ForgetProof } from '../../../src/operations/forget/forget-person.ts'
import { tableDefinitions } from '../../../src/operations/table-definitions.ts'
import { createCodec } from '../../../src/platform/registry/codec.ts'
import { publishPage } from '../../../src/producers/publish.ts'
import { lineOf, orderChanged, orderOf } from '../../data/processor-events.ts'
import { startProgram } from '../../worlds/processes.ts'
import { readTopic } from '../../worlds/processes-groups.ts'
import { type Installation, install } from '../../worlds/processes-roles.ts'
import { until } from '../../worlds/processes-until.ts'
import { silentLogger } from '../../worlds/stage-context.ts'

const CONNECTION = 'magento-netsuite'
const said = ['Zoë', 'Łukasz', 'Main St', '78701', 'zoe@example.com', 'Zoe@Example.com']
const saidIn = (text: string | Buffer) => said.filter((one) => text.includes(one))
const bytesOf = (item: unknown) =>
  JSON.stringify(item, (_name, value: unknown) =>
    typeof value === 'string' && value.length > 40 ? value + Buffer.from(value, 'base64').toString('utf8') : value,
  )

let installation: Installation
let roles: RunningRoles
beforeAll(async () => {
  installation = await install('forget', inject('services'), { API_PORT: '0' })
  roles = await startRoles(installation.platform, ['producer', 'processor', 'projector', 'api'], { schedules: false })
})
afterAll(async () => {
  await roles?.close()
  await installation?.close()
})

const order = (number: string, more: Partial<Order> = {}): Order =>
  orderOf([lineOf('1', `WLD-${number}`)], { orderId: number, orderNumber: number, ...more })

/** As a read publishes it. */
async function publish(data: Order, occurredAt: number, unreadable: readonly string[] = []): Promise<void> {
  const { platform } = installation
  const deps = { ...platform, topicPrefix: platform.config.topicPrefix }
  const origin = { source: 'magento', entity: 'orders', read: 'magento.orders.all', taskId: null } as const
  const raw = JSON.stringify({ customer_email: data.customerEmail, customer_lastname: 'Łukasz' })
  const entity = { key: data.orderNumber, occurredAt, deleted: false, data, raw }
  await publishPage(deps, origin, {
    entities: [entity],
    unreadable: unreadable.map((key) => ({ key, raw, error: new Error(`${key}: "Łukasz" is no amount`) })),
    rows: [],
    reached: { changedAt: '', id: '' },
    requestedAt: Date.now(),
  })
}

async function topic(name: string) {
  return await readTopic(installation.platform, name)
}

async function api<T>(path: string): Promise<T> {
  return (await (await fetch(`${roles.api?.url}${path}`)).json()) as T
}

interface Staged {
  readonly key: string
  readonly status: string
  readonly as_read: { readonly event: { readonly data: Order } }
  readonly answer: { readonly code: string | null }
}

const staged = async (key: string) =>
  (await api<{ items: readonly Staged[] }>(`/v1/backend/${CONNECTION}/orders?key=${key}`)).items[0]

async function cli(...args: readonly string[]) {
  const env = { ...installation.env, LOG_LEVEL: 'silent' }
  const running = await startProgram({ name: 'forget', args: ['src/cli/main.ts', ...args], env })
  const { code } = await running.exited
  return { code, printed: running.printed(), output: running.output() }
}

async function rowsWithPerson(): Promise<readonly string[]> {
  const found: string[] = []
  for (const { name } of tableDefinitions) {
    for await (const page of installation.platform.tables.scan(name)) {
      found.push(...page.filter((item) => saidIn(bytesOf(item)).length > 0).map((item) => `${name} ${bytesOf(item)}`))
    }
  }
  return found
}

it('a person is forgotten in topics and tables, and does not come back; others and the program go on', async () => {
  const { platform } = installation
  const at = Date.now() - 60_000
  const placedAt = Date.now() - 120_000
  await publish(order('1', { placedAt }), at, ['broken-1'])
  await publish(order('2', { placedAt, customerEmail: 'ann@example.com' }), at)
  // As a version before seals wrote it.
  const { url } = { url: platform.config.registry.url }
  const before = await createCodec({ url, prefix: platform.config.topicPrefix, logger: silentLogger })
  const old = orderChanged(order('3', { placedAt }))
  const value = before.encode('orders', old)
  await platform.producer.send([
    { topic: `${platform.config.topicPrefix}orders`, key: recordKey(old.source, old.key), value },
  ])
  await until('three vendor orders', async () => ((await topic('vendor-orders.netsuite')).length >= 3 ? true : null))

  // Topics say nothing of persons but in what was written before, and are read in clear.
  const records = await topic('orders')
  expect(records.filter((record) => saidIn(record.value ?? '').length > 0).map(({ key }) => key?.toString())).toEqual([
    'magento|3',
  ])
  expect((await topic('vendor-orders.netsuite')).flatMap((record) => saidIn(record.value ?? ''))).toEqual([])
  expect((await topic('dead-letters')).flatMap((record) => saidIn(record.value ?? ''))).toEqual([])
  for (const { value: bytes } of records)
    expect((await platform.codec.decode('orders', bytes)).data.customerEmail).toMatch(/@/)
  const letter = await until('a dead letter', async () => {
    const { items } = await api<{ items: readonly { id: string }[] }>('/v1/dead-letters?state=open&key=broken-1')
    return items[0] ?? null
  })
  const shown = async () =>
    await api<{ message: string; original: { value: string | null } }>(`/v1/dead-letters/${letter.id}`)
  expect(await shown()).toMatchObject({
    message: 'broken-1: "[personal]" is no amount',
    original: { value: expect.any(String) },
  })

  // Not without being asked twice.
  expect(await cli('forget', 'zoe@example.com')).toMatchObject({ code: 2 })
  const dry = await cli('forget', 'zoe@example.com', '--dry-run', '--json')
  expect(dry.code, dry.output).toBe(0)
  expect(JSON.parse(dry.printed)).toMatchObject({ dry_run: true, keys_destroyed: 0, complete: false })
  expect(isForgotten((await platform.codec.decode('orders', records[0]?.value ?? null)).data)).toBe(false)

  const forgotten = await cli('forget', 'zoe@example.com', '--confirm', 'zoe@example.com', '--json')
  expect(forgotten.code, forgotten.output).toBe(0)
  const proof = JSON.parse(forgotten.printed) as ForgetProof
  expect(proof).toMatchObject({ complete: true, keys_destroyed: 1 })
  const inTopic = (name: string) => proof.topics.find((one) => one.topic === name)
  expect(inTopic('orders')).toMatchObject({ records: 3, before: 2, after: 0, in_clear: 1 })
  expect(inTopic('vendor-orders.netsuite')).toMatchObject({ before: 2, after: 0, in_clear: 0 })
  expect(inTopic('dead-letters')).toMatchObject({ before: 1, after: 0, in_clear: 0 })
  expect(proof.tables.length).toBeGreaterThan(10)
  expect(await rowsWithPerson()).toEqual([])

  // Every process reads it so, as soon as what it had at hand is old.
  await until('all is forgotten', async () => {
    const own = await Promise.all(['1', '3'].map(async (key) => (await staged(key))?.as_read.event.data.customerEmail))
    return own.every((email) => email === FORGOTTEN) ? true : null
  })
  expect((await staged('2'))?.as_read.event.data).toMatchObject({ customerEmail: 'ann@example.com' })
  expect((await shown()).original.value).toBeNull()

  // A later read brings the order, and not the person; nothing more is sent of it.
  const placeOf = ({ partition, offset }: { readonly partition: number; readonly offset: bigint }) =>
    `${partition}:${offset}`
  const sent = new Set((await topic('vendor-orders.netsuite')).map(placeOf))
  const fresh = async () => (await topic('vendor-orders.netsuite')).filter((record) => !sent.has(placeOf(record)))
  await publish(order('1', { placedAt, status: 'complete' }), at + 1000)
  const again = await until('the later read', async () => {
    const found = await staged('1')
    return found?.answer.code === 'person_forgotten' ? found : null
  })
  expect(again).toMatchObject({
    status: 'ignored',
    as_read: { event: { data: { status: 'complete', customerEmail: FORGOTTEN } } },
  })
  const own = (await topic('orders')).filter(({ key }) => key?.toString() === 'magento|1')
  expect(own.map(({ value: bytes }) => saidIn(bytes ?? ''))).toEqual([[], []])

  // A replay of everything goes through: the others' orders are the same as before, the person's are left alone.
  const replayed = await cli('replay', 'orders', '--to', 'route-orders', '--connection', CONNECTION, '--json')
  expect(replayed.code, replayed.output).toBe(0)
  await until('the replay of the others', async () => ((await fresh()).length > 0 ? true : null))
  const events = await Promise.all(
    (await fresh()).map(({ value: bytes }) => platform.codec.decode('vendor-orders', bytes)),
  )
  expect(events.map(({ key, data }) => [key, data.customerEmail])).toEqual([['2', 'ann@example.com']])
})
