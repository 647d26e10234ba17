import { expect, inject, it, onTestFinished } from 'vitest'
import { recordKey } from '../../../src/events/topics.ts'
import { inventoryChanged } from '../../data/feed-events.ts'
import { startProgram } from '../../worlds/processes.ts'
import { install, RUNNING, startRole } from '../../worlds/processes-roles.ts'

const TOKEN = 'secret'

it('of an API process: who pulled what, whether they have a change, also after its end', async () => {
  const { platform, env, configuration, close } = await install('feed-pulls', inject('services'), { API_TOKEN: TOKEN })
  onTestFinished(() => close())
  const { config, producer, codec } = platform
  const connection = configuration.connections[0]?.id ?? ''
  const change = async (readAt: number, total: string) => {
    const event = inventoryChanged({ connection, source: 'netsuite', sku: 'WLD-1', readAt }, total)
    const value = await codec.encode('universal-inventory', event)
    const key = recordKey(connection, event.source, event.key)
    await producer.send([{ topic: `${config.topicPrefix}universal-inventory`, key, value }])
  }
  const projector = await startRole('projector', env)
  const role = await startRole('api', { ...env, API_PORT: '0' })
  onTestFinished(async () => {
    for (const one of [role, projector]) {
      one.signal('SIGKILL')
      await one.exited
    }
  })
  const { api } = JSON.parse(await role.line(RUNNING)) as { api: string }
  const get = async <T>(path: string) => {
    const answer = await fetch(`${api}${path}`, { headers: { authorization: `Bearer ${TOKEN}` } })
    return (await answer.json()) as T
  }
  let cursor: string | null = null
  const pull = async () => {
    const after: string = cursor === null ? '' : `&cursor=${cursor}`
    const page = await get<{ cursor: string; items: { data: { total: string } }[] }>(
      `/v1/feeds/inventory?connection=${connection}${after}`,
    )
    cursor = page.cursor
    return page.items.map(({ data }) => data.total)
  }
  const has = async () => {
    const { items } = await get<{ items: { has: string }[] }>(`/v1/pulls?connection=${connection}&key=WLD-1`)
    return items[0]?.has
  }
  const patient = { timeout: 240_000, interval: 200 }
  await change(1, '3')
  await expect.poll(pull, patient).toEqual(['3'])
  await expect.poll(has, patient).toBe('yes')
  await change(2, '7')
  await expect.poll(has, patient).toBe('no')
  expect(await pull()).toEqual(['7'])
  role.signal('SIGTERM')
  expect((await role.exited).code).toBe(0)
  // What was pulled last was noted at the end, within the time in which a reader is written once.
  const program = await startProgram({ name: 'waldstream', args: ['src/cli/main.ts', 'status', '--json'], env })
  await program.exited
  const told = JSON.parse(
    program
      .output()
      .split('\n')
      .find((line) => line.startsWith('{')) ?? '{}',
  )
  expect(told.connections[0].pulls).toMatchObject([{ feed: 'inventory', reader: 'shared', rows: 1, name: null }])
})
