import { expect, inject, it, onTestFinished } from 'vitest'
import { install, RUNNING, startRole } from '../../worlds/processes-roles.ts'
import { openRaw } from '../../worlds/raw-http.ts'

const HALF =
  'POST /v1/webhooks/shop HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9000\r\n\r\n{"id"'

/** The API as a process of its own, with `more` in its environment. */
async function start(more: Readonly<Record<string, string>>) {
  const { env, close } = await install('api-process', inject('services'))
  onTestFinished(() => close())
  const role = await startRole('api', { ...env, API_PORT: '0', API_TOKEN: 'secret', ...more })
  onTestFinished(async () => {
    role.signal('SIGKILL')
    await role.exited
  })
  const { api } = JSON.parse(await role.line(RUNNING)) as { api: string }
  const health = async () => (await fetch(`${api}/health/live`)).status
  return { role, api, health }
}

const half = async (api: string) => {
  const connection = await openRaw(api)
  connection.send(HALF)
  return connection
}

it('200 half-sent bodies hold up neither others nor the end', async () => {
  const { role, api, health } = await start({ API_REQUEST_TIMEOUT_MS: '600000' })
  const held = await Promise.all(Array.from({ length: 200 }, () => half(api)))
  expect(await health()).toBe(200)
  role.signal('SIGINT')
  // Ended by itself: the time that a process has for its end would end it with 1.
  expect(await role.exited).toEqual({ code: 0, signal: null })
  expect(new Set(await Promise.all(held.map(({ answer }) => answer)))).toEqual(new Set(['']))
})

it('200 half-sent bodies are closed, and those over the limit at once', async () => {
  const { api, health } = await start({ API_REQUEST_TIMEOUT_MS: '3000', API_MAX_CONNECTIONS_PER_ADDRESS: '150' })
  const answers = await Promise.all(
    (await Promise.all(Array.from({ length: 200 }, () => half(api)))).map((one) => one.answer),
  )
  const statuses = answers.map((answer) => answer.split(' ')[1] ?? 'closed')
  expect(statuses.filter((status) => status === '408')).toHaveLength(150)
  expect(statuses.filter((status) => status === 'closed')).toHaveLength(50)
  await expect.poll(health).toBe(200)
})
