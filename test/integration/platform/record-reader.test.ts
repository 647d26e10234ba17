import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { expect, inject, it, onTestFinished } from 'vitest'
import { createRecordReader } from '../../../src/platform/kafka/kafkajs-record-reader.ts'
import { openLog, silent } from './log-fixture.ts'

async function openReader() {
  const brokers = (inject('services')['KAFKA_BROKERS'] ?? '').split(',')
  return await createRecordReader({ brokers, clientId: 'test', ssl: false, sasl: null, logger: silent })
}

async function open() {
  const reader = await openReader()
  onTestFinished(() => reader.close())
  return { ...(await openLog()), reader }
}

it('reads records by their places, of several topics and partitions at once, in the order they were asked for', async () => {
  const { reader, producer, admin, topic } = await open()
  const names = [await topic('a', 3), await topic('b', 2)]
  for (let round = 0; round < 3; round += 1) {
    const records = names.flatMap((name) =>
      Array.from({ length: 40 }, (_, n) => ({ topic: name, key: `k${n}`, value: Buffer.from(`${round} ${n}`) })),
    )
    await producer.send(records.map((record) => ({ ...record, headers: { of: record.topic } })))
  }
  const places = []
  for (const name of names) {
    for (const { partition, end } of await admin.ends(name)) {
      for (let offset = 0; offset < Number(end); offset += 1) places.push({ topic: name, partition, offset })
    }
  }
  const mixed = places.toSorted((a, b) => ((a.offset * 7919) % 101) - ((b.offset * 7919) % 101))
  const records = await reader.read(mixed)
  expect(records.map((record) => ({ ...record, offset: Number(record?.offset) }))).toMatchObject(mixed)
  expect(records[0]?.headers).toEqual([{ key: 'of', value: Buffer.from(mixed[0]?.topic ?? '') }])
  expect(new Set(records.map((record) => `${record?.topic} ${record?.value}`)).size).toBe(240)
})

it('gives null for what is not there, and everything else of the same read', async () => {
  const { reader, producer, topic } = await open()
  const name = await topic('short', 2)
  await producer.send([{ topic: name, key: 'k', value: Buffer.from('x') }])
  const places = [
    { topic: name, partition: 0, offset: 0 },
    { topic: name, partition: 1, offset: 0 },
    { topic: name, partition: 0, offset: 99 },
    { topic: name, partition: 9, offset: 0 },
  ]
  const found = await reader.read(places)
  expect(found.filter((record) => record !== null)).toHaveLength(1)
  expect(await reader.read([])).toEqual([])
})

it('reads records that are as large as a topic takes, of many partitions at once', async () => {
  const { reader, producer, topic, admin } = await open()
  const name = await topic('large', 12, { 'max.message.bytes': '1048576' })
  const large = Buffer.alloc(1_000_000, 'x')
  for (let n = 0; n < 24; n += 1) await producer.send([{ topic: name, key: `k${n}`, value: large }])
  const places = (await admin.ends(name)).flatMap(({ partition, end }) =>
    Array.from({ length: Number(end) }, (_, offset) => ({ topic: name, partition, offset })),
  )
  const records = await reader.read(places)
  expect(records.map((record) => record?.value?.length)).toEqual(Array.from({ length: 24 }, () => large.length))
})

/** Counts the fetches that this process asks of brokers, over connections that are opened from now on. */
function countFetches() {
  const FETCH = 1
  const counted = { fetches: 0 }
  const watch = (message: unknown) => {
    const { socket } = message as { readonly socket: Socket }
    // Before: `connect` puts the socket's own `write` back.
    socket.prependOnceListener('connect', () => {
      const write = socket.write.bind(socket)
      // A request is written at once: its length, then the number of what is asked.
      socket.write = (chunk: Buffer, ...rest: never[]) => {
        if (chunk.readInt16BE(4) === FETCH) counted.fetches += 1
        return write(chunk, ...rest)
      }
    })
  }
  subscribe('net.client.socket', watch)
  onTestFinished(() => void unsubscribe('net.client.socket', watch))
  return counted
}

it('reads a page of fifty events and what was made of them with few fetches', async () => {
  const counted = countFetches()
  const { reader, producer, topic } = await open()
  const names = [await topic('source', 6), await topic('mapped', 6)]
  const value = Buffer.alloc(3_000, 'x')
  for (let part = 0; part < 10; part += 1) {
    for (const name of names)
      await producer.send(Array.from({ length: 600 }, (_, n) => ({ topic: name, key: `${part}-${n}`, value })))
  }
  const places = names.flatMap((name) =>
    Array.from({ length: 50 }, (_, n) => ({ topic: name, partition: n % 6, offset: (n * 17) % 900 })),
  )
  expect((await reader.read(places)).filter((record) => record === null)).toEqual([])
  expect(counted.fetches).toBeGreaterThan(0)
  expect(counted.fetches).toBeLessThanOrEqual(places.length / 4)
})

it('leaves no connection behind when several read at once', async () => {
  const { producer, topic } = await open()
  const name = await topic('together', 3)
  await producer.send(['a', 'b', 'c'].map((key) => ({ topic: name, key, value: Buffer.from(key) })))
  const own = new Set<Socket>()
  const note = (message: unknown) => void own.add((message as { readonly socket: Socket }).socket)
  subscribe('net.client.socket', note)
  const reader = await openReader()
  await Promise.all([0, 1, 2].map((partition) => reader.read([{ topic: name, partition, offset: 0 }])))
  unsubscribe('net.client.socket', note)
  expect(own.size).toBeGreaterThan(0)
  await reader.close()
  await expect.poll(() => [...own].filter(({ destroyed }) => !destroyed)).toEqual([])
})
