import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createWrites } from '../../../../src/platform/dynamodb/writes.ts'

/** What DynamoDB answers to a batch of statements: its status, and the code of each statement, null for one that is done. */
interface Answer {
  readonly refused?: string
  readonly codes?: readonly (string | null)[]
}

let server: Server
let client: DynamoDBClient
let answers: Answer[]
/** Requests, with how many items each had. */
let seen: string[]
/** Keys of which a put is told that there is one. */
let taken: readonly string[]
beforeEach(async () => {
  ;[answers, seen, taken] = [[], [], []]
  server = createServer(async (request, response) => {
    const action = String(request.headers['x-amz-target']).split('.')[1] ?? ''
    const body = (await json(request)) as { Statements?: readonly unknown[]; Item?: { id: { S: string } } }
    const say = (status: number, answer: object) => response.writeHead(status).end(JSON.stringify(answer))
    const error = (name: string) => say(400, { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: 'no' })
    if (action === 'PutItem') {
      const id = body.Item?.id.S ?? ''
      seen.push(`put ${id}`)
      return void (taken.includes(id) ? error('ConditionalCheckFailedException') : say(200, {}))
    }
    seen.push(`${action} ${body.Statements?.length}`)
    const { refused, codes = [] } = answers.shift() ?? {}
    if (refused !== undefined) return void error(refused)
    say(200, { Responses: codes.map((Code) => (Code === null ? {} : { Error: { Code, Message: 'no' } })) })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'local',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  })
})
afterEach(() => {
  client.destroy()
  server.close()
})

const writes = () => {
  const keys = { of: async (name: string) => ({ name, partitionKey: 'id' }), remember: () => undefined }
  return createWrites({ client: DynamoDBDocumentClient.from(client), keys, prefix: 'p.' })
}
const items = (...ids: readonly string[]) => ids.map((id) => ({ id }))

it('sends what DynamoDB is too busy for again, and gives back what is there', async () => {
  answers = [
    { codes: [null, 'ThrottlingError', 'DuplicateItem', 'ProvisionedThroughputExceeded'] },
    { codes: [null, 'DuplicateItem'] },
  ]
  expect(await writes().insertMany('t', items('a', 'b', 'c', 'd'))).toEqual(items('c', 'd'))
  expect(seen).toEqual(['BatchExecuteStatement 4', 'BatchExecuteStatement 2'])
})

it('puts by itself what a statement does not insert', async () => {
  answers = [{ codes: ['ValidationError', null, 'AccessDenied'] }]
  taken = ['c']
  expect(await writes().insertMany('t', items('a', 'b', 'c'))).toEqual(items('c'))
  expect(seen).toEqual(['BatchExecuteStatement 3', 'put a', 'put c'])
})

it('puts every item where the role has no permission for statements, and asks once', async () => {
  answers = [{ refused: 'AccessDeniedException' }]
  taken = ['b']
  const own = writes()
  expect(await own.insertMany('t', items('a', 'b'))).toEqual(items('b'))
  expect(await own.insertMany('t', items('c'))).toEqual([])
  expect(seen).toEqual(['BatchExecuteStatement 2', 'put a', 'put b', 'put c'])
})

it('says that DynamoDB refuses, where it refuses everything', async () => {
  answers = [{ refused: 'ResourceNotFoundException' }]
  await expect(writes().insertMany('t', items('a'))).rejects.toMatchObject({ code: 'table_unavailable' })
})
