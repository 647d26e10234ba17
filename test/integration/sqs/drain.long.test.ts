import { afterAll, beforeAll, expect, it } from 'vitest'
import { startNetSuiteSimulator } from '../../../simulators/netsuite/start.ts'
import { type RunningRoles, roles, startRoles } from '../../../src/cli/roles.ts'
import { startProgram } from '../../worlds/processes.ts'
import { until } from '../../worlds/processes-until.ts'
import { smallCatalogFile } from '../../worlds/sources.ts'
import { orderMessage } from '../../worlds/sqs-world.ts'
import { ORDERS, startQueueWorld } from './world.ts'

let erp: Awaited<ReturnType<typeof startNetSuiteSimulator>>
let world: Awaited<ReturnType<typeof startQueueWorld>>
let running: RunningRoles
let sku: string
beforeAll(async () => {
  erp = await startNetSuiteSimulator({
    dataFile: ':memory:',
    catalogFile: smallCatalogFile,
    seed: 7,
    vendorPattern: /^WLD-/,
  })
  world = await startQueueWorld('sqs-drain', { erp: erp.url, deleteDrainedQueues: true, visibilitySeconds: 10 })
  running = await startRoles(world.platform, roles, { schedules: false })
  sku = (await erpState()).items[0].itemId
})
afterAll(async () => {
  await running?.close()
  await world?.close()
  await erp?.close()
})

// biome-ignore lint/suspicious/noExplicitAny: answers are looked at, field by field
type Json = any

const erpState = async () => (await (await fetch(`${erp.url}/_sim/state`)).json()) as Json

async function call(method: string, path: string, body?: unknown) {
  const headers = { 'content-type': 'application/json' }
  const sent = body === undefined ? {} : { body: JSON.stringify(body), headers }
  const answer = await fetch(`${running.api?.url}${path}`, { method, ...sent })
  return { status: answer.status, json: (await answer.json()) as Json }
}

const finished = async (task: string) =>
  await until(`task ${task} is done with its queue`, async () => {
    const { json } = await call('GET', `/v1/tasks/${task}`)
    return json.state === 'processing' || json.state === 'due' || json.ended_at == null ? null : json
  })

const order = (id: string) => orderMessage(id, { items: [{ sku, price: '10.50', qty: '2', tax_amt: '1.73' }] })

it('orders of the configured queue are at the vendor, and what can not be read is kept with its body', async () => {
  for (const id of ['A1', 'A2', 'A3']) await world.queues.send(world.orders.url, order(id))
  await world.queues.send(world.orders.url, { order_id: 'A4', order_status: 'processing' })
  const { json } = await call('POST', '/v1/sync-requests', { system: 'pushed', entity: 'orders' })
  const task = await finished(json.task)
  expect(task).toMatchObject({ state: 'failed', run_state: 'ended', published: 3, unreadable: 1, queue_url: null })
  const externalIds = (await erpState()).salesOrders.map(({ externalId }: Json) => externalId)
  expect(externalIds.toSorted()).toEqual(['A1', 'A2', 'A3'].map((id) => `pushed-erp-${id}`))
  expect(await world.queues.left(world.orders.url)).toEqual({ waiting: 0, held: 0 })
  const letters = await until('the dead letter is there', async () => {
    const { items } = (await call('GET', '/v1/dead-letters')).json
    return items.length > 0 ? items : null
  })
  expect(letters).toMatchObject([{ key: 'A4', stage: ORDERS, code: 'value_missing' }])
  const letter = (await call('GET', `/v1/dead-letters/${encodeURIComponent(letters[0].id)}`)).json
  expect(Buffer.from(letter.original.value, 'base64').toString()).toBe('{"order_id":"A4","order_status":"processing"}')
})

it('a queue named by a request is drained and deleted, and no other is touched', async () => {
  const [temporary, other] = [await world.queues.create('tmp'), await world.queues.create('other.fifo')]
  for (const id of ['B1', 'B2']) await world.queues.send(temporary.url, order(id))
  for (const id of ['C1', 'C2']) await world.queues.send(other.url, order(id), { group: 'orders' })
  await world.queues.send(world.orders.url, order('A5'))

  const drain = async (queueUrl: string) => (await call('POST', '/v1/sync-requests', { read: ORDERS, queueUrl })).json
  const [first, second] = [await drain(world.urlOf(temporary)), await drain(world.urlOf(other))]
  expect(second).toMatchObject({ merged_into: null, queue_url: world.urlOf(other) })
  expect(second.task).not.toBe(first.task)
  for (const { task } of [first, second]) {
    const done = await finished(task)
    expect(done).toMatchObject({ state: 'completed', published: 2, unreadable: 0 })
    await until(
      'its queue is deleted',
      async () => (await call('GET', `/v1/tasks/${task}`)).json.queue_end === 'deleted',
    )
  }
  expect([await world.queues.exists(temporary.name), await world.queues.exists(other.name)]).toEqual([false, false])
  const externalIds = (await erpState()).salesOrders.map(({ externalId }: Json) => externalId)
  expect(externalIds).toEqual(expect.arrayContaining(['B1', 'B2', 'C1', 'C2'].map((id) => `pushed-erp-${id}`)))
  expect(await world.queues.left(world.orders.url)).toEqual({ waiting: 1, held: 0 })
  const { json } = await call('GET', `/v1/reads/${ORDERS}`)
  expect(json.windows.map(({ task }: Json) => task)).toEqual(expect.arrayContaining([first.task, second.task]))
})

it('a queue of which another consumer holds a message is kept, and the task says so', async () => {
  const held = await world.queues.create('held')
  await world.queues.send(held.url, order('D1'))
  expect(await world.queues.hold(held.url, 3600)).toBe(1)
  const { json } = await call('POST', '/v1/sync-requests', { read: ORDERS, queueUrl: world.urlOf(held) })
  const task = await finished(json.task)
  expect(task).toMatchObject({ state: 'incomplete', missing: ['messages left: 1 held by others'] })
  await until('its queue is told of', async () => (await call('GET', `/v1/tasks/${json.task}`)).json.queue_end !== null)
  expect(await world.queues.exists(held.name)).toBe(true)
})

it('the command line drains a queue too, and credentials go nowhere else', async () => {
  const sync = async (queueUrl: string) => {
    const args = ['src/cli/main.ts', 'sync', ORDERS, '--queue-url', queueUrl, '--json']
    const program = await startProgram({ name: 'waldstream', args, env: { ...world.env, LOG_LEVEL: 'silent' } })
    return { code: (await program.exited).code, printed: program.printed(), output: program.output() }
  }
  const queue = await world.queues.create('by-hand')
  await world.queues.send(queue.url, order('E1'))
  const { code, printed, output } = await sync(world.urlOf(queue))
  expect(code, output).toBe(0)
  expect(await finished(JSON.parse(printed).task)).toMatchObject({ state: 'completed', published: 1 })

  const foreign = 'https://sqs.eu-central-1.amazonaws.com/000000000000/other'
  const refused = await call('POST', '/v1/sync-requests', { read: ORDERS, queueUrl: foreign })
  expect(refused.json).toMatchObject({ status: 400, code: 'request_invalid', field: 'queueUrl' })
  const refusedToo = await sync(foreign)
  expect(refusedToo.code).toBe(1)
  expect(refusedToo.output).toContain("only queues at the system's address")
})
