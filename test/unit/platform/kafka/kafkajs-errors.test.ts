import kafkajs from 'kafkajs'
import { expect, it } from 'vitest'
import { StreamError } from '../../../../src/errors.ts'
import { fromKafkajs } from '../../../../src/platform/kafka/kafkajs-errors.ts'

it('keeps our own error, with its fix, when kafkajs gives up after it', () => {
  const own = new StreamError('broker_unavailable', 'no AWS credentials: give the process a role')
  const thrown = new kafkajs.KafkaJSNumberOfRetriesExceeded(own, { retryCount: 7, retryTime: 3000 })
  expect(fromKafkajs(thrown, 'sending records')).toMatchObject({
    code: 'broker_unavailable',
    message: 'sending records: no AWS credentials: give the process a role',
  })
})
