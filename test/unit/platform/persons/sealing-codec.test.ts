import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { FORGOTTEN, isForgotten } from '../../../../src/events/forgotten.ts'
import type { Order, OrderChanged } from '../../../../src/events/generated/events.ts'
import { contentDigest } from '../../../../src/events/identity.ts'
import type { TopicKind } from '../../../../src/events/topics.ts'
import type { Tables } from '../../../../src/platform/dynamodb/tables.ts'
import { personId, personNames } from '../../../../src/platform/persons/person-id.ts'
import { createPersonKeys, daysMs, personTables } from '../../../../src/platform/persons/person-keys.ts'
import { retentionOfAll } from '../../../../src/platform/persons/retention.ts'
import { sealingCodec } from '../../../../src/platform/persons/sealing-codec.ts'
import { codecOf, kindSchema } from '../../../../src/platform/registry/codec.ts'
import { allKinds, readSchema } from '../../../../src/platform/registry/schema-files.ts'
import { fulfilmentChanged, lineOf, orderChanged, orderOf, vendorOrder } from '../../../data/processor-events.ts'
import { memoryTables } from '../../../memory/tables.ts'

const avro = () => {
  const kinds = new Map(
    allKinds().map((kind, id): [TopicKind, ReturnType<typeof kindSchema>] => [
      kind,
      kindSchema(id + 1, readSchema(kind)),
    ]),
  )
  return codecOf(kinds, { byId: async () => undefined })
}

const MAY = Date.UTC(2026, 4, 3)

/** Processes of one installation: each has keys at hand for itself. */
function installation(
  keepDays: number | null = null,
  retention = retentionOfAll(keepDays === null ? null : daysMs(keepDays)),
) {
  const tables = memoryTables(personTables)
  const asked: string[] = []
  const counted: Tables = {
    ...tables,
    getMany: async (table, keys) => {
      asked.push(`getMany ${keys.length}`)
      return await tables.getMany(table, keys)
    },
    get: async (table, key) => {
      asked.push('get')
      return await tables.get(table, key)
    },
  }
  const clock = { time: Date.UTC(2026, 4, 10), now: () => clock.time }
  const process = (seals = true) => {
    const keys = createPersonKeys({
      tables: counted,
      clock,
      randomBytes,
      retention,
    })
    const codec = sealingCodec(avro(), { keys, randomBytes, seals })
    const write = async (event: OrderChanged) => {
      const [admitted = event] = (await codec.persons?.admit('orders', [event])) ?? []
      return codec.encode('orders', admitted)
    }
    const forget = async (email: string) => keys.forget(personId(personNames.email(email), await keys.secret()))
    return { keys, codec, write, forget }
  }
  return { clock, process, asked, tables }
}

const order = (more: Partial<Order> = {}, event: Partial<OrderChanged> = {}) =>
  orderChanged(
    orderOf([lineOf('1', 'A-1', { attributes: { gift_message: '"For Ada"' } })], {
      placedAt: MAY,
      customerId: '77',
      attributes: { remote_ip: '"203.0.113.9"' },
      ...more,
    }),
    { raw: '{"customer_lastname":"Łukasz"}', ...event },
  )
const said = ['Zoë', 'Łukasz', 'Main St', 'Austin', '78701', 'Zoe@Example.com', 'Ada', '203.0.113.9', '"77"']
const saidIn = (bytes: Buffer) => said.filter((text) => bytes.includes(text))
/** Without the class that a decoder makes, and the codec's own field. */
const plain = (event: object) => {
  const { sealed: _sealed, ...rest } = structuredClone({ ...event }) as { sealed?: unknown }
  return rest
}

it('what is written says nothing of the person, and is read in clear, in every process', async () => {
  const { process } = installation()
  const event = order()
  const bytes = await process().write(event)
  expect(saidIn(bytes)).toEqual([])
  expect(saidIn(avro().encode('orders', event)).length).toBeGreaterThan(6)
  expect(bytes.includes('A-1')).toBe(true)
  expect(plain(await process().codec.decode('orders', bytes))).toEqual(plain(event))
})

it('the same for what a vendor and a shop are sent, and for fulfilments', async () => {
  const { codec } = installation().process()
  const shipment = fulfilmentChanged({ attributes: { to: '"Zoë"' } }, { raw: '{"shipAddress":"1 Main St"}' })
  const [vendor, fulfilment] = [{ ...vendorOrder('c', '1'), fields: { who: '"Zoë"' } }, shipment]
  await codec.persons?.admit('vendor-orders', [vendor])
  await codec.persons?.admit('fulfilments', [fulfilment])
  const bytes = [codec.encode('vendor-orders', vendor), codec.encode('fulfilments', fulfilment)] as const
  expect(bytes.flatMap(saidIn)).toEqual([])
  expect(plain(await codec.decode('vendor-orders', bytes[0]))).toEqual(plain(vendor))
  expect(plain(await codec.decode('fulfilments', bytes[1]))).toEqual(plain(fulfilment))
})

it('two events of one content are two different texts, with one digest', async () => {
  const { process } = installation()
  const { write, codec } = process()
  const [a, b] = [await write(order()), await write(order())]
  expect(a.equals(b)).toBe(false)
  const { data, deleted, contentDigest: own } = await codec.decode('orders', a)
  expect(contentDigest({ deleted, data })).toBe(own)
})

it('a forgotten person stays so in every process, and everything else of the order is there', async () => {
  const { process, clock } = installation()
  const [writer, reader] = [process(), process()]
  const [bytes, other] = [await writer.write(order()), await writer.write(order({ customerEmail: 'b@example.com' }))]
  await reader.codec.decode('orders', bytes)
  expect(await writer.forget(' ZOE@example.com')).toBe(1)
  clock.time += 31_000
  for (const { codec } of [writer, reader, process(), process(false)]) {
    const event = await codec.decode('orders', bytes)
    expect(isForgotten(event.data)).toBe(true)
    expect(event).toMatchObject({ raw: FORGOTTEN, data: { customerId: FORGOTTEN, billingAddress: { street: [] } } })
    expect(event.data.lines).toMatchObject([{ sku: 'A-1', attributes: {} }])
    expect(isForgotten((await codec.decode('orders', other)).data)).toBe(false)
  }
})

it('what was written in clear before is read in clear, and as forgotten once the person is', async () => {
  const { process, clock } = installation()
  const bytes = avro().encode('orders', order())
  expect(plain(await process().codec.decode('orders', bytes))).toEqual(plain(order()))
  const { forget, codec } = process()
  await forget('zoe@example.com')
  clock.time += 31_000
  expect(isForgotten((await codec.decode('orders', bytes)).data)).toBe(true)
  const later = avro().encode('orders', order({ placedAt: clock.time + 1 }))
  expect(isForgotten((await codec.decode('orders', later)).data)).toBe(false)
})

it('a later read of the order is admitted without the person, whatever it brings; an order of later is one of its own', async () => {
  const { process, clock } = installation()
  const { codec, forget, write } = process()
  const before = await write(order())
  await forget('zoe@example.com')
  clock.time += 60_000
  const again = await write(order({ status: 'complete' }))
  expect(saidIn(again)).toEqual([])
  expect(await codec.decode('orders', again)).toMatchObject({ data: { status: 'complete', customerEmail: FORGOTTEN } })
  // In the same month: with a key of its own.
  const event = order({ placedAt: clock.time, orderNumber: '2' })
  const next = await write(event)
  expect(saidIn(next)).toEqual([])
  expect(plain(await codec.decode('orders', next))).toEqual(plain(event))
  expect(isForgotten((await codec.decode('orders', before)).data)).toBe(true)
  expect(isForgotten((await process().codec.decode('orders', await write(order()))).data)).toBe(true)
})

it('the digest of a later read is that of what is kept, each time the same', async () => {
  const { process } = installation()
  const { codec, forget } = process()
  await forget('zoe@example.com')
  const { source, key, data, raw, readAt } = order()
  const digests = new Set<string>()
  for (const more of [{}, { customerEmail: 'ZOE@example.com', customerId: '78' }]) {
    const own = [{ source, key, data: { ...data, ...more }, raw, readAt }]
    for (const admitted of (await codec.persons?.admit('orders', own)) ?? []) {
      digests.add(contentDigest({ deleted: false, data: admitted.data }))
    }
  }
  expect(digests.size).toBe(1)
})

it('whose key is being made while the person is forgotten ends forgotten', async () => {
  const { process, tables, clock } = installation()
  const { forget } = process()
  const slow = createPersonKeys({
    clock,
    randomBytes,
    retention: retentionOfAll(null),
    tables: {
      ...tables,
      put: async (table, item, condition) => {
        const isKey = /^\d{4}-\d{2}$/.test(String(item['month']))
        // After it was looked for, and before it is there.
        if (isKey) await forget('zoe@example.com')
        return await tables.put(table, item, condition)
      },
    },
  })
  const codec = sealingCodec(avro(), { keys: slow, randomBytes, seals: true })
  const [admitted = order()] = (await codec.persons?.admit('orders', [order()])) ?? []
  expect(saidIn(codec.encode('orders', admitted))).toEqual([])
  const rows = (await Array.fromAsync(tables.scan('person_keys'))).flat()
  expect(rows.filter(({ key }) => key !== null).map(({ person }) => person)).toEqual(['secret'])
})

it('that a key was not there a moment ago says nothing of one that another process made since', async () => {
  const { process, tables } = installation()
  const other = process()
  let calls = 0
  const broken: Tables = {
    ...tables,
    put: async (table, item, condition) => {
      calls += 1
      if (calls > 1) throw new Error('it was cut off')
      return await tables.put(table, item, condition)
    },
  }
  const clock = { now: () => MAY }
  const keys = createPersonKeys({ tables: broken, clock, randomBytes, retention: retentionOfAll(null) })
  const codec = sealingCodec(avro(), { keys, randomBytes, seals: true })
  await expect(codec.persons?.admit('orders', [order()])).rejects.toThrow('cut off')
  const bytes = await other.write(order())
  expect((await codec.decode('orders', bytes)).data.customerEmail).toBe('Zoe@Example.com')
})

it('a batch asks for the keys of its persons in one call, and for none that are at hand', async () => {
  const { process, asked, clock } = installation()
  const { write } = process()
  const bytes: Buffer[] = []
  for (let n = 0; n < 50; n += 1) bytes.push(await write(order({ customerEmail: `p${n % 10}@example.com` })))
  const { codec } = process()
  asked.length = 0
  await Promise.all(bytes.map((one) => codec.decode('orders', one)))
  await Promise.all(bytes.map((one) => codec.decode('orders', one)))
  expect(asked).toEqual(['getMany 10'])
  clock.time += 31_000
  await Promise.all(bytes.map((one) => codec.decode('orders', one)))
  expect(asked).toEqual(['getMany 10', 'getMany 10'])
})

it('what is older than orders are kept is forgotten, and its key has a time to be removed', async () => {
  const { process, clock, tables } = installation(100)
  const { write, codec } = process()
  const bytes = await write(order())
  expect(isForgotten((await codec.decode('orders', bytes)).data)).toBe(false)
  const rows = (await Array.fromAsync(tables.scan('person_keys'))).flat()
  const expires = (Date.UTC(2026, 5) + daysMs(100)) / 1000
  expect(rows.find(({ month }) => month === '2026-05')).toMatchObject({ expires })
  clock.time = expires * 1000 + 1
  expect(isForgotten((await codec.decode('orders', bytes)).data)).toBe(true)
  expect(isForgotten((await codec.decode('orders', avro().encode('orders', order()))).data)).toBe(true)
  expect(saidIn(await write(order({ status: 'closed' })))).toEqual([])
  expect((await codec.decode('orders', await write(order({ placedAt: clock.time })))).data.customerEmail).toBe(
    'Zoe@Example.com',
  )
})

it('the raw text of what could not be read is sealed, by the address in it', async () => {
  const { process, clock } = installation()
  const { codec, forget } = process()
  const raw = Buffer.from('{"increment_id":"1","customer_email":"Zoe@Example.com","customer_lastname":"Łukasz"}')
  const about = { kind: 'orders', source: 'shop', key: '1', at: clock.time } as const
  const bytes = (await codec.persons?.seal(about, raw)) ?? raw
  expect(saidIn(bytes)).toEqual([])
  expect(await process().codec.persons?.open(bytes)).toEqual(raw)
  await forget('zoe@example.com')
  clock.time += 31_000
  expect(await process().codec.persons?.open(bytes)).toBeNull()
  expect(await codec.persons?.seal(about, raw)).toEqual(Buffer.from(FORGOTTEN))
  const product = Buffer.from('{"name":"Zoë"}')
  expect(await codec.persons?.seal({ ...about, kind: 'products' }, product)).toEqual(product)
})

it('what was damaged can not be read, and says so', async () => {
  const { process } = installation()
  const { write, codec } = process()
  const bytes = await write(order())
  const damaged = Buffer.from(bytes)
  const last = damaged.length - 1
  damaged.writeUInt8((damaged[last] ?? 0) ^ 1, last)
  await expect(codec.decode('orders', damaged)).rejects.toThrow(expect.objectContaining({ code: 'value_undecodable' }))
})

/** Times that an operator changes: days by `entity source`; a source that is not among them is not configured any more. */
function retainingInstallation(days: Record<string, number | null>) {
  const own = installation(null, async () => ({ source, entity }) => {
    const kept = days[`${entity} ${source}`]
    return kept == null ? kept : daysMs(kept)
  })
  const keys = async () =>
    (await Array.fromAsync(own.tables.scan('person_keys'))).flat().filter((row) => row['key_id'] !== null)
  const destroyOld = async () => await own.process().keys.destroyOld(new AbortController().signal)
  return { ...own, keys, destroyOld }
}

const END_OF_MAY = Date.UTC(2026, 5)
const DAY = daysMs(1)

it('each shop keeps its orders for its own time, and a key of a person of both for the longer', async () => {
  const { process, clock, keys, destroyOld } = retainingInstallation({ 'orders magento': 100, 'orders second': 200 })
  const { write, codec } = process()
  const [first, second] = [await write(order()), await write(order({}, { source: 'second' }))]
  expect(await keys()).toMatchObject([
    { keepers: ['orders magento', 'orders second'], expires: (END_OF_MAY + 200 * DAY) / 1000 },
  ])
  const read = async (bytes: Buffer) => isForgotten((await codec.decode('orders', bytes)).data)
  clock.time = END_OF_MAY + 101 * DAY
  expect([await read(first), await read(second)]).toEqual([true, false])
  expect(saidIn(await write(order({ status: 'closed' })))).toEqual([])
  expect(isForgotten((await codec.decode('orders', await write(order({ status: 'closed' })))).data)).toBe(true)
  expect(await destroyOld()).toBe(0)
  clock.time = END_OF_MAY + 201 * DAY
  expect([await read(first), await read(second)]).toEqual([true, true])
  expect(await destroyOld()).toBe(1)
  expect(await keys()).toEqual([])
})

it('a time that is changed holds for the keys that are there: shorter, longer, and of a source that is gone', async () => {
  const days: Record<string, number | null> = { 'orders magento': null }
  const { process, clock, keys, destroyOld } = retainingInstallation(days)
  const bytes = await process().write(order())
  expect(await keys()).toMatchObject([{ expires: null }])
  days['orders magento'] = 100
  expect(await destroyOld()).toBe(0)
  expect(await keys()).toMatchObject([{ expires: (END_OF_MAY + 100 * DAY) / 1000 }])
  days['orders magento'] = 300
  await destroyOld()
  expect(await keys()).toMatchObject([{ expires: (END_OF_MAY + 300 * DAY) / 1000 }])
  delete days['orders magento']
  await destroyOld()
  expect(await keys()).toMatchObject([{ expires: (END_OF_MAY + 300 * DAY) / 1000 }])
  clock.time = END_OF_MAY + 301 * DAY
  expect(isForgotten((await process().codec.decode('orders', bytes)).data)).toBe(true)
  expect(await destroyOld()).toBe(1)
})

it('a key that an earlier version made keeps its time, or gets that of all', async () => {
  const days: Record<string, number | null> = { 'orders magento': 100, 'orders ': 50 }
  const { tables, keys, destroyOld, clock } = retainingInstallation(days)
  const row = { person: 'p', key_id: 'k', key: 'AAAA', forgotten_at: null }
  await tables.put('person_keys', { ...row, month: '2026-05', expires: (END_OF_MAY + 400 * DAY) / 1000 })
  await tables.put('person_keys', { ...row, month: '2026-04', expires: null })
  await destroyOld()
  const expires = [(END_OF_MAY + 400 * DAY) / 1000, (Date.UTC(2026, 4) + 50 * DAY) / 1000]
  expect((await keys()).map((key) => key['expires']).toSorted()).toEqual(expires.toSorted())
  clock.time = END_OF_MAY + 60 * DAY
  expect(await destroyOld()).toBe(1)
})

it('a key that is shared while it is destroyed stays, and one that went meanwhile is made again', async () => {
  const days: Record<string, number | null> = { 'orders magento': 31, 'orders second': 200 }
  const { process, clock, keys, tables } = retainingInstallation(days)
  await process().write(order())
  clock.time = END_OF_MAY + 40 * DAY
  const second = order({}, { source: 'second' })
  const racing = createPersonKeys({
    clock,
    randomBytes,
    retention:
      async () =>
      ({ source }) =>
        daysMs(source === 'magento' ? 31 : 200),
    tables: {
      ...tables,
      delete: async (table, key, condition) => {
        await process().write(second)
        return await tables.delete(table, key, condition)
      },
    },
  })
  await racing.destroyOld(new AbortController().signal)
  const bytes = await process().write(second)
  expect((await process().codec.decode('orders', bytes)).data.customerEmail).toBe('Zoe@Example.com')
  expect(await keys()).toMatchObject([{ keepers: ['orders second'] }])
})

it('whoever needs nothing of persons reads the rest without a key', async () => {
  const { process, asked } = installation()
  const bytes = await process().write(order())
  const { codec } = process()
  asked.length = 0
  const event = await codec.persons?.leaveSealed('orders', bytes)
  expect(event).toMatchObject({ data: { customerEmail: '', orderNumber: order().data.orderNumber }, raw: null })
  expect(event?.eventId).toBe(order().eventId)
  expect(asked).toEqual([])
})
