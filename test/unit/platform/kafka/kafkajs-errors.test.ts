import kafkajs from 'kafkajs'
import { expect, it } from 'vitest'
import { StreamError } from '../../../../src/errors.ts'
import { fromKafkajs } from '../../../../src/platform/kafka/kafkajs-errors.ts'

const { KafkaJSConnectionError } = kafkajs

it('keeps our own error, with its fix, when kafkajs gives up after it', () => {
  const own = new StreamError('broker_unavailable', 'no AWS credentials: give the process a role')
  const thrown = new kafkajs.KafkaJSNumberOfRetriesExceeded(own, { retryCount: 7, retryTime: 3000 })
  expect(fromKafkajs(thrown, 'sending records')).toMatchObject({
    code: 'broker_unavailable',
    message: 'sending records: no AWS credentials: give the process a role',
  })
})

// A wrong certificate and a broker that restarts have codes, too: their address is right.
it.each([
  ['self-signed certificate in certificate chain', 'SELF_SIGNED_CERT_IN_CHAIN'],
  ['read ECONNRESET', 'ECONNRESET'],
])('says %s, and not to correct the address', (what, code) => {
  const broker = 'kafka.example.com:9092'
  const error = new KafkaJSConnectionError(`Connection error: ${what}`, { broker, code })
  expect(fromKafkajs(error, 'connecting').message).toBe(
    `connecting: no connection to Kafka at ${broker} (KAFKA_BROKERS): Connection error: ${what}`,
  )
})

// "no connection to Kafka (KAFKA_BROKERS): Connection error: connect ECONNREFUSED 127.0.0.1:9" named no fix.
it.each([
  ['127.0.0.1:9', 'ECONNREFUSED', 'ECONNREFUSED; start the demo with npm start, or correct the address'],
  ['kafka.example.com:9092', 'ENOTFOUND', 'ENOTFOUND; correct the address'],
  // There was a connection: the address is right.
  ['kafka.example.com:9092', undefined, 'Connection closed by the server'],
])('says that %s does not answer (%s), and what to do', (broker, code, end) => {
  const error = new KafkaJSConnectionError('Connection closed by the server', {
    broker,
    ...(code === undefined ? {} : { code }),
  })
  expect(fromKafkajs(error, 'connecting')).toMatchObject({
    code: 'broker_unavailable',
    message: `connecting: no connection to Kafka at ${broker} (KAFKA_BROKERS): ${end}`,
  })
})
