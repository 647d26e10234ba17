import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import { dispatch } from '../../../src/control/dispatch.ts'
import { readControl } from '../../../src/control/read-control.ts'
import { taskIdOf } from '../../../src/control/request-sync.ts'
import { getRun } from '../../../src/control/runs.ts'
import { RUNNING, startRole } from '../../worlds/processes-roles.ts'
import { until } from '../../worlds/processes-until.ts'
import { orderMessage } from '../../worlds/sqs-world.ts'
import { ORDERS, startQueueWorld } from './world.ts'

type World = Awaited<ReturnType<typeof startQueueWorld>>

const COUNT = 50
const TWICE = 10

/** Orders by number, some of them sent twice. */
async function fill({ queues, orders }: World): Promise<readonly string[]> {
  const ids = Array.from({ length: COUNT }, (_, index) => String(1000 + index))
  for (const id of [...ids, ...ids.slice(0, TWICE)]) await queues.send(orders.url, orderMessage(id))
  return ids
}

/** A run that waits for a worker, as the dispatcher makes it. */
async function request({ platform }: World): Promise<string> {
  const head = { requestId: randomUUID(), read: ORDERS, trigger: 'api', requestedAt: Date.now() }
  const wanted = { ...head, requestedBy: null, reason: null, from: null, queueUrl: null }
  await dispatch(platform.tables, wanted)
  return taskIdOf(wanted)
}

const ended = async ({ platform }: World, task: string) =>
  await until(`run ${task} has ended`, async () => (await getRun(platform.tables, task))?.ended_at)

async function left({ queues, orders }: World): Promise<number> {
  const { waiting, held } = await queues.left(orders.url)
  return waiting + held
}

it('a producer that dies between publishing and deleting loses no order and doubles none', async () => {
  const world = await startQueueWorld('sqs-crash')
  onTestFinished(() => world.close())
  const ids = await fill(world)
  // The first page is published, and the deletion of its messages never gets to the queue.
  world.proxy.set({ action: 'DeleteMessageBatch', kind: 'delay', delayMs: 600_000, times: 1 })
  const producers = await Promise.all(['one', 'two'].map((name) => startRole('producer', world.env, name)))
  onTestFinished(() => producers.forEach((producer) => void producer.signal('SIGKILL')))
  await Promise.all(producers.map((producer) => producer.line(RUNNING)))
  const task = await request(world)
  await until('the first page is published', () => world.proxy.seen.includes('DeleteMessageBatch'))
  const { lease_worker } = await readControl(world.platform.tables, ORDERS)
  const victim = producers.find(({ pid }) => lease_worker?.includes(`-${pid}-`))
  victim?.signal('SIGKILL')
  await victim?.exited
  const published = await world.published()
  expect(published.length).toBeGreaterThan(0)
  expect(await getRun(world.platform.tables, task)).toMatchObject({ state: 'running', published: published.length })
  expect(await left(world)).toBe(COUNT + TWICE)

  await ended(world, task)
  // What the dead one held is there again in its own time: this run has it, or a later one.
  await until('the queue is empty', async () => {
    await ended(world, await request(world))
    return (await left(world)) === 0
  })
  expect((await world.published()).map(({ key }) => key).toSorted()).toEqual(ids)
})
