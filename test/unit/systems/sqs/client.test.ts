import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { createSqsClient } from '../../../../src/systems/sqs/client.ts'
import { clientSettings, settings } from '../../../../src/systems/sqs/settings.ts'
import { localNetwork } from '../../../data/loopback.ts'
import { connectable } from '../../../worlds/settings.ts'
import { governors, wallClock } from '../../../worlds/sources.ts'
import { silentLogger } from '../../../worlds/stage-context.ts'

const signal = new AbortController().signal

/** A server that gives these answers by action, and the client of a system there. */
async function world(answers: Readonly<Record<string, unknown>>, path = '') {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const action = String(request.headers['x-amz-target']).replace(/^.*\./, '')
    asked.push(action)
    request.resume()
    const known = answers[action]
    response.writeHead(known === undefined ? 400 : 200, { 'content-type': 'application/x-amz-json-1.0' })
    response.end(JSON.stringify(known ?? { __type: 'com.amazonaws.sqs#QueueDoesNotExist' }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`
  const system = {
    id: 'shop',
    address,
    secrets: { accessKeyId: 'K', secretAccessKey: 'S' },
    settings: { region: 'eu-central-1' },
    limits: { concurrency: 2 },
  }
  const client = createSqsClient(clientSettings(connectable(settings, system)), {
    clock: wallClock,
    governors,
    network: localNetwork,
    logger: silentLogger,
  })
  return { client, asked, address }
}

const RECEIVE = { limit: 10, waitSeconds: 0, visibilitySeconds: 1 }

it('sends every call to its own address, wherever a queue says that it is', async () => {
  const { client, asked } = await world({ ReceiveMessage: {}, DeleteQueue: {} })
  const elsewhere = 'http://127.0.0.1:1/1/q'
  expect(await client.receive(elsewhere, RECEIVE, signal)).toEqual([])
  await client.deleteQueue(elsewhere, signal)
  expect(asked).toEqual(['ReceiveMessage', 'DeleteQueue'])
})

it('takes ten messages at a time away, and goes on when some can not be', async () => {
  const { client, asked } = await world({ DeleteMessageBatch: { Failed: [{ Id: '0', Code: 'InternalError' }] } })
  await client.remove('q', Array.from({ length: 21 }, String), signal)
  expect(asked).toEqual(['DeleteMessageBatch', 'DeleteMessageBatch', 'DeleteMessageBatch'])
})

it.each([
  [
    { ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: '0' },
    /without ApproximateNumberOfMessagesDelayed/,
  ],
  [{}, /without ApproximateNumberOfMessages/],
])('takes no missing count for none: %j', async (Attributes, message) => {
  const { client } = await world({ GetQueueAttributes: { Attributes } })
  await expect(client.counts('q', signal)).rejects.toThrow(message)
})

it.each([
  [{ MessageId: '1', Body: '{}', ReceiptHandle: 'h' }, /without SentTimestamp/],
  [{ Body: '{}', Attributes: { SentTimestamp: '1' } }, /without id or receipt/],
])('takes no message for whole that is not: %j', async (message, expected) => {
  const MD5OfBody = '99914b932bd37a50b983c5e7c90ae93b'
  const { client } = await world({ ReceiveMessage: { Messages: [{ ...message, MD5OfBody }] } })
  await expect(client.receive('q', RECEIVE, signal)).rejects.toThrow(expected)
})

it('refuses a message that does not have its digest, as an answer that did not come', async () => {
  const Messages = [{ MessageId: '1', Body: '{"a":1}', ReceiptHandle: 'h', MD5OfBody: 'x' }]
  const { client } = await world({ ReceiveMessage: { Messages } })
  await expect(client.receive('q', RECEIVE, signal)).rejects.toMatchObject({ code: 'target_unavailable' })
})

it('asks for the queues, or its own queue, to check its credentials, and tells the server’s time', async () => {
  const whole = await world({ ListQueues: {} })
  expect((await whole.client.check(signal)).date).toBeGreaterThan(0)
  const own = await world({ GetQueueAttributes: { Attributes: {} } }, '/1/orders')
  await own.client.check(signal)
  expect([whole.asked, own.asked]).toEqual([['ListQueues'], ['GetQueueAttributes']])
  const gone = await world({}, '/1/orders')
  await expect(gone.client.check(signal)).rejects.toMatchObject({ code: 'not_found' })
})

it('ends a call with its signal, and one that would wait for its turn', async () => {
  const { client, asked } = await world({ ReceiveMessage: {} })
  const ended = AbortSignal.abort()
  await expect(client.receive('q', RECEIVE, ended)).rejects.toMatchObject({ code: 'stopping' })
  expect(asked).toEqual([])
})
