import { expect, inject, it, onTestFinished } from 'vitest'
import { recordKey } from '../../../src/events/topics.ts'
import type { DeadLetterRow } from '../../../src/projections/dead-letter-row.ts'
import { inventoryFeed } from '../../../src/projections/inventory-feed.ts'
import { DEAD_LETTERS } from '../../../src/projections/tables.ts'
import { inventoryChanged, lineOf, orderChanged, orderOf } from '../../data/processor-events.ts'
import { appendRaw, type RawRecord, readTopic, untilHandled } from '../../worlds/processes-groups.ts'
import { type Installation, install, RUNNING, startRole } from '../../worlds/processes-roles.ts'

const GOOD = 60
/** More than our topics take; they took more before, or were made by somebody else. */
const LARGE = 1_500_000
/** Only who passes it on rejects it. */
const TOO_LARGE = 'too large to pass on'
const NO_SUCH_SCHEMA = 2_000_000_000

/** Topics with a consumer in the roles that run here, and the stages that have to reject what is bad in them. */
const CONSUMED = {
  orders: ['route-orders', 'project-order-index'],
  inventory: ['map-inventory'],
  'vendor-orders.netsuite': ['deliver-netsuite', 'project-staged-netsuite', 'project-order-index-netsuite'],
  'universal-inventory': [inventoryFeed.name, 'push-inventory'],
  'sync-status': ['project-tasks', 'project-staged'],
  'dead-letters': ['project-dead-letters'],
} as const

function framed(schema: number, avro: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(schema, 1)
  return Buffer.concat([head, avro])
}

/** Every kind of bad record, for the topic `inventory`. */
function badValues(good: Buffer, otherKind: Buffer): Readonly<Record<string, Buffer | null>> {
  return {
    'not framed': Buffer.from('{"sku":"WLD-1","qty":3}'),
    empty: Buffer.alloc(0),
    'unknown schema id': framed(NO_SUCH_SCHEMA, good.subarray(5)),
    'undecodable bytes': framed(good.readUInt32BE(1), Buffer.from([0xff, 0xff, 0xff, 0xff, 0x7f, 0x80])),
    'cut off': good.subarray(0, good.length - 7),
    'more behind it': Buffer.concat([good, Buffer.from('more')]),
    'another kind of event': otherKind,
    'null value': null,
    'over the size limit': Buffer.alloc(LARGE, 'x'),
  }
}

it('bad records of every kind are dead letters byte for byte, and the good ones among them go on', async () => {
  const installation = await install('poison', inject('services'))
  const { env, platform, close } = installation
  onTestFinished(close)
  const workers = await Promise.all([startRole('processor', env), startRole('projector', env)])
  onTestFinished(() => workers.forEach((worker) => void worker.signal('SIGKILL')))
  const started = Promise.all(workers.map((worker) => worker.line(RUNNING)))

  const good = Array.from({ length: GOOD }, (_, index) => inventoryChanged(`WLD-P${index}`, { main: ['7', '7'] }))
  const bad = badRecords(
    installation,
    platform.codec.encode('inventory', inventoryChanged('WLD-X', { main: ['1', '1'] })),
  )
  // Good and bad take turns, on the same keys and so in the same partitions: every bad one has good ones behind it.
  const records = good.flatMap((event, index) => {
    const topic = `${platform.config.topicPrefix}inventory`
    const key = Buffer.from(recordKey(event.source, event.key))
    const value = platform.codec.encode('inventory', { ...event, taskId: null })
    const before = bad[index]
    return [...(before === undefined ? [] : [before]), { topic, key, value, headers: {} }]
  })
  await Promise.all([appendRaw(env['KAFKA_BROKERS'] ?? '', records, 4 * 1024 * 1024), started])

  await untilHandled(platform, 'map-inventory', ['inventory'])
  await untilHandled(platform, inventoryFeed.name, ['universal-inventory'])
  expect(await projectedSkus(installation)).toEqual(good.map(({ key }) => key).toSorted())

  for (const [topic, stages] of Object.entries(CONSUMED)) {
    for (const stage of stages) await untilHandled(platform, stage, [topic])
  }
  // Some dead letters were appended while the dead letters before them were handled.
  await untilHandled(platform, 'project-dead-letters', ['dead-letters'])
  const rows = await deadLetters(installation)
  const kept = await keptInTopic(installation)
  const found = rows.map((row) => ({
    topic: row.topic,
    stage: row.stage,
    ...(row.original === null ? (kept.get(row.id) ?? { large: 'not found' }) : originalOf(row.original)),
  }))
  const text = (all: readonly object[]) => all.map((one) => JSON.stringify(one)).toSorted()
  expect(text(found)).toEqual(text(bad.flatMap((record) => expected(record, platform.config.topicPrefix))))
  for (const row of rows) expect(row.code, row.topic).toMatch(/^value_/)
})

/** One of each kind in `inventory`, one in each other consumed topic, and an order whose part is too large to pass on. */
function badRecords({ platform }: Installation, good: Buffer): readonly RawRecord[] {
  const prefix = platform.config.topicPrefix
  const order = orderOf([lineOf('1', 'WLD-1', { attributes: { note: 'x'.repeat(LARGE) } })])
  const large = platform.codec.encode('orders', orderChanged(order, { taskId: null }))
  const kinds = Object.entries(badValues(good, platform.codec.encode('orders', orderChanged(orderOf([])))))
  const others = Object.keys(CONSUMED).filter((topic) => topic !== 'inventory')
  return [
    ...kinds.map(([kind, value], index) => raw(`${prefix}inventory`, `netsuite|WLD-P${index}`, kind, value)),
    ...others.map((topic) => raw(`${prefix}${topic}`, `any|${topic}`, 'not framed', Buffer.from([1, 2, 3]))),
    raw(`${prefix}orders`, 'magento|large', TOO_LARGE, large),
  ]
}

function raw(topic: string, key: string, kind: string, value: Buffer | null): RawRecord {
  return {
    topic,
    key: Buffer.from(key),
    value,
    headers: { kind: Buffer.from(kind), bytes: Buffer.from([0, 255, 128]) },
  }
}

const base64 = (bytes: Buffer | null) => bytes?.toString('base64') ?? null

function expected({ topic, key, value, headers }: RawRecord, prefix: string) {
  const stages = Object.entries(CONSUMED).find(([name]) => `${prefix}${name}` === topic)?.[1] ?? []
  const entries = Object.entries(headers).map(([name, bytes]) => [name, base64(bytes)])
  const rejecting = headers['kind']?.toString() === TOO_LARGE ? ['route-orders'] : stages
  return rejecting.map((stage) => ({ topic, stage, key: base64(key), value: base64(value), headers: entries }))
}

function originalOf({ key, value, headers }: NonNullable<DeadLetterRow['original']>) {
  return { key, value, headers: headers.map((header) => [header.key, header.value]) }
}

/** What the dead-letter topic holds, by id: of large records it alone has the bytes. */
async function keptInTopic({ platform }: Installation) {
  const found = new Map<string, ReturnType<typeof originalOf>>()
  for (const { value } of await readTopic(platform, 'dead-letters')) {
    const letter = await platform.codec.decode('dead-letters', value).catch(() => undefined)
    if (letter === undefined) continue
    const headers = letter.headers.map((header) => ({ key: header.key, value: base64(header.value) }))
    found.set(
      letter.deadLetterId,
      originalOf({ key: base64(letter.originalKey), value: base64(letter.originalValue), headers }),
    )
  }
  return found
}

async function deadLetters({ platform }: Installation): Promise<readonly DeadLetterRow[]> {
  const rows: DeadLetterRow[] = []
  for await (const items of platform.tables.scan(DEAD_LETTERS)) {
    rows.push(...items.map((item) => item as unknown as DeadLetterRow))
  }
  return rows
}

async function projectedSkus({ platform }: Installation): Promise<readonly string[]> {
  const skus: string[] = []
  for await (const items of platform.tables.scan(inventoryFeed.table)) {
    skus.push(...items.filter((item) => item['data'] !== undefined).map((item) => String(item['sku'])))
  }
  return skus.toSorted()
}
