import { randomUUID } from 'node:crypto'
import { expect, inject, it, onTestFinished } from 'vitest'
import { readConsumers } from '../../../src/operations/installation/consumers.ts'
import { readTopics } from '../../../src/operations/installation/topics.ts'
import { createTables } from '../../../src/platform/dynamodb/create-tables.ts'
import type { TopicDefinition } from '../../../src/platform/kafka/event-log.ts'
import { createLogInspector } from '../../../src/platform/kafka/kafkajs-inspector.ts'
import { createRecordReader } from '../../../src/platform/kafka/kafkajs-record-reader.ts'
import { openLog, silent } from './log-fixture.ts'

const services = inject('services')
const settings = {
  brokers: (services['KAFKA_BROKERS'] ?? '').split(','),
  clientId: 'test',
  ssl: false,
  sasl: null,
  logger: silent,
}

const config = { 'message.timestamp.type': 'LogAppendTime', 'retention.ms': '-1' }

it('shows the groups of a prefix with members, lag and the age of what is left, and topics as they are', async () => {
  const prefix = `inspected-${randomUUID().slice(0, 8)}.`
  const topic: TopicDefinition = { name: `${prefix}orders`, partitions: 2, replication: 1, config }
  const { log, producer, admin } = await openLog()
  await admin.createTopics([topic])
  const inspector = await createLogInspector(settings)
  const reader = await createRecordReader(settings)
  onTestFinished(async () => void (await Promise.all([inspector.close(), reader.close()])))
  const send = (...keys: readonly string[]) =>
    producer.send(keys.map((key) => ({ topic: topic.name, key, value: Buffer.from(key) })))
  const look = () => readConsumers(inspector, reader, { prefix, topics: new Set([topic.name]) })

  const handled = Promise.withResolvers<void>()
  await send('first')
  const consumption = await log.consume({
    group: `${prefix}route-orders`,
    topics: [topic.name],
    from: 'earliest',
    onBatch: async (batch) => {
      await batch.commit((batch.records.at(-1)?.offset ?? 0n) + 1n)
      handled.resolve()
    },
    onFailure: (error) => handled.reject(error),
  })
  await handled.promise
  const { groups } = await look()
  expect(groups).toMatchObject([
    { group: `${prefix}route-orders`, state: 'Stable', members: [{ partitions: 2 }], lag: 0, oldest_at: null },
  ])
  await consumption.close()
  const before = Date.now()
  await send('a', 'b', 'c', 'd', 'e')
  const [left] = (await look()).groups
  expect(left).toMatchObject({ state: 'Empty', members: [], topics: [{ topic: topic.name, partitions: 2 }] })
  // A partition that had nothing was not committed: what comes to it is left as well.
  expect(left?.lag).toBe(5)
  expect(Math.abs(Date.parse(left?.oldest_at ?? '') - before)).toBeLessThan(60_000)

  expect(await readTopics(inspector, [topic, { ...topic, name: `${prefix}missing` }])).toMatchObject([
    { topic: `${prefix}missing`, partitions: 0, problems: [{ message: 'does not exist' }] },
    { topic: `${prefix}orders`, partitions: 2, replication: 1, retention_ms: '-1', records: 6, problems: [] },
  ])
  expect((await inspector.groups(prefix, 0)).complete).toBe(false)
})

it('describes tables: how many rows they have, and which are not there', async () => {
  const prefix = `described-${randomUUID().slice(0, 8)}-`
  const dynamo = createTables({
    endpoint: services['DYNAMODB_ENDPOINT'] ?? null,
    region: services['AWS_REGION'] ?? 'local',
    credentials: {
      accessKeyId: services['AWS_ACCESS_KEY_ID'] ?? 'a',
      secretAccessKey: services['AWS_SECRET_ACCESS_KEY'] ?? 'b',
    },
    prefix,
    logger: silent,
  })
  onTestFinished(() => dynamo.close())
  const goes = { name: 'going', partitionKey: 'id', expires: 'expires' }
  await dynamo.create([{ name: 'one', partitionKey: 'id' }, goes])
  await dynamo.tables.put('one', { id: 'a' })
  expect(
    await dynamo.describe([{ name: 'one', partitionKey: 'id' }, goes, { name: 'none', partitionKey: 'id' }]),
  ).toMatchObject([
    { name: `${prefix}one`, status: 'ACTIVE', items: 1, billing: 'on demand', expires: null, problem: null },
    { name: `${prefix}going`, status: 'ACTIVE', items: 0, expires: 'expires', problem: null },
    { name: `${prefix}none`, status: null, items: null, problem: 'missing' },
  ])
  const [other] = await dynamo.describe([{ name: 'one', partitionKey: 'key' }])
  expect(other).toMatchObject({ problem: 'keys' })
})
