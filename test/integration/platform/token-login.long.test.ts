// Long: it starts a broker of its own, and waits until sessions of that broker are over.
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { StreamError } from '../../../src/errors.ts'
import type { LogRecord } from '../../../src/platform/kafka/event-log.ts'
import { createKafkaEventLog, type KafkaSettings } from '../../../src/platform/kafka/kafkajs-event-log.ts'
import { createLogInspector } from '../../../src/platform/kafka/kafkajs-inspector.ts'
import { createRecordReader } from '../../../src/platform/kafka/kafkajs-record-reader.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { until } from '../../worlds/processes-until.ts'
import { startTokenBroker, type TokenBroker } from '../../worlds/token-broker.ts'

/** kafkajs signs in again ten seconds before the end. */
const SESSION_MS = 12_000
/** So that the first session of each connection is over. */
const RUN_MS = SESSION_MS + 2_000

let broker: TokenBroker
beforeAll(async () => {
  broker = await startTokenBroker(SESSION_MS)
})
afterAll(() => broker.stop())

const part = (content: object) => Buffer.from(JSON.stringify(content)).toString('base64url')

/** A JWT without a signature, which is valid for a quarter of an hour, as those of MSK. */
function tokenOf(subject: string, lifetimeSeconds = 900): string {
  const issued = Math.floor(Date.now() / 1000)
  return `${part({ alg: 'none' })}.${part({ sub: subject, iat: issued, exp: issued + lifetimeSeconds })}.`
}

/** Settings that sign in with tokens of these subjects, and everything that was made and logged with them. */
function signingIn(subjectOf: (index: number) => string, lifetimeSeconds?: number) {
  const tokens: string[] = []
  const lines: string[] = []
  const settings: KafkaSettings = {
    brokers: [broker.address],
    clientId: 'test',
    ssl: false,
    sasl: {
      mechanism: 'oauthbearer',
      token: async () => {
        const token = tokenOf(subjectOf(tokens.length), lifetimeSeconds)
        tokens.push(token)
        return token
      },
    },
    logger: createLogger({ level: 'trace', name: 'test', to: { write: (line) => lines.push(line) } }),
  }
  return { settings, tokens, lines }
}

/** Sends and consumes until the sessions of all connections are over; nothing may fail and no record be missing. */
async function useOverSessions(settings: KafkaSettings, topic: string) {
  const log = createKafkaEventLog(settings)
  const admin = await log.admin()
  onTestFinished(() => admin.close())
  await admin.createTopics([{ name: topic, partitions: 1, replication: 1, config: {} }])
  const producer = await log.producer()
  onTestFinished(() => producer.close())
  const failures: unknown[] = []
  const received = new Set<string>()
  const consumption = await log.consume({
    group: `${topic}-group`,
    topics: [topic],
    from: 'earliest',
    onFailure: (error) => failures.push(error),
    onBatch: async (batch) => {
      for (const { value } of batch.records) received.add(String(value))
      await batch.commit((batch.records.at(-1) as LogRecord).offset + 1n)
    },
  })
  onTestFinished(() => consumption.close())
  const sent: string[] = []
  const end = performance.now() + RUN_MS
  await until('the sessions are over', async () => {
    const value = String(sent.length)
    sent.push(value)
    await producer.send([{ topic, key: 'key', value: Buffer.from(value) }]).catch((error) => failures.push(error))
    return performance.now() > end
  })
  await until('every record has arrived', async () => sent.every((one) => received.has(one)))
  // Of a connection that was idle since its session ended.
  await admin.createTopics([{ name: `${topic}-later`, partitions: 1, replication: 1, config: {} }])
  expect(failures).toEqual([])
}

it('sends, consumes and administers over the end of its sessions, and so do inspector and reader', async () => {
  const { settings, tokens, lines } = signingIn(() => 'waldstream')
  await useOverSessions(settings, 'kept')
  const inspector = await createLogInspector(settings)
  onTestFinished(() => inspector.close())
  expect((await inspector.brokers()).brokers).toEqual([broker.address])
  const reader = await createRecordReader(settings)
  onTestFinished(() => reader.close())
  expect(await reader.read([{ topic: 'kept', partition: 0, offset: 0 }])).toMatchObject([{ offset: 0n }])
  expect(lines.filter((line) => tokens.some((token) => line.includes(token)))).toEqual([])
  // Five connections sign in once; the others are those that signed in again.
  expect(tokens.length).toBeGreaterThan(10)
})

it('goes on with another principal, as a role of AWS is after its credentials were renewed', async () => {
  const { settings, tokens, lines } = signingIn((index) => `session-${index}`)
  await useOverSessions(settings, 'renewed')
  expect(lines.join('')).toContain('Cannot change principals during re-authentication')
  expect(lines.filter((line) => tokens.some((token) => line.includes(token)))).toEqual([])
})

it('says why a token is refused, without the token', async () => {
  const { settings, tokens, lines } = signingIn(() => 'late', -3600)
  const error = await createKafkaEventLog(settings)
    .admin()
    .catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({
    code: 'broker_unavailable',
    message: expect.stringMatching(/^the broker refused the token \(.*\); check that AWS_REGION is /),
  })
  expect(tokens).not.toEqual([])
  const told = `${lines.join('')}${JSON.stringify(error)}${String(error)}`
  expect(tokens.filter((token) => told.includes(token))).toEqual([])
})

it('says why no token could be made', async () => {
  const { settings } = signingIn(() => {
    throw new StreamError('broker_unavailable', 'no AWS credentials: give the process a role')
  })
  await expect(createKafkaEventLog(settings).producer()).rejects.toThrow('no AWS credentials: give the process a role')
})

it('names the setting and the ports when the broker has no such mechanism', async () => {
  const { settings } = signingIn(() => 'waldstream')
  const sasl = { mechanism: 'scram-sha-512', username: 'shop', password: 'hunter2' } as const
  await expect(createLogInspector({ ...settings, sasl })).rejects.toThrow(
    'connecting: the broker does not know the mechanism; check KAFKA_SASL_MECHANISM, and the ports in KAFKA_BROKERS',
  )
})
