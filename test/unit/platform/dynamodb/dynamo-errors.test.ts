// "table connections does not answer: Error connect ECONNREFUSED 127.0.0.1:20833" named neither the variable nor the fix.

import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createConnection, createServer } from 'node:net'
import { expect, it } from 'vitest'
import { fromDynamo } from '../../../../src/platform/dynamodb/dynamo-errors.ts'

/** The error of a connection to a port where nobody listens. */
async function refusedConnection(): Promise<{ readonly error: Error; readonly port: number }> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  const [error] = await once(createConnection({ host: '127.0.0.1', port }), 'error').catch((thrown: unknown) => [
    thrown,
  ])
  return { error: error as Error, port }
}

it('says where nothing answers, the variable, and what to do', async () => {
  const { error, port } = await refusedConnection()
  const place = `127.0.0.1:${port} (DYNAMODB_ENDPOINT): ECONNREFUSED; start the demo with npm start, or correct the address`
  for (const thrown of [error, new AggregateError([error])]) {
    const { code, message } = fromDynamo(thrown, 'connections')
    expect([code, message]).toEqual(['table_unavailable', `table connections does not answer at ${place}`])
  }
})

it('says which name is not known', () => {
  const error = Object.assign(new Error('getaddrinfo ENOTFOUND dynamodb.nowhere'), {
    code: 'ENOTFOUND',
    hostname: 'dynamodb.nowhere',
  })
  expect(fromDynamo(error, 'orders').message).toBe(
    'table orders does not answer at dynamodb.nowhere (DYNAMODB_ENDPOINT or AWS_REGION): ENOTFOUND; correct the address',
  )
})

it('has the reason of any other failure', () => {
  const error = Object.assign(new Error('too many requests'), { name: 'ThrottlingException' })
  expect(fromDynamo(error, 'orders').message).toBe(
    'table orders does not answer: ThrottlingException too many requests',
  )
})
