import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { type ApiOptions, startApi } from '../../../src/api/server.ts'
import { apiFixture, listening } from '../../worlds/api-fixture.ts'

const { operations } = apiFixture()

const options = (over: Partial<ApiOptions>): ApiOptions => listening(operations, over)

async function takenPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

it('answers at the address it tells', async () => {
  const api = await startApi(options({}))
  const answer = await fetch(`${api.url}/health/live`)
  expect(await answer.json()).toEqual({ status: 'live' })
  await api.close()
  await expect(fetch(`${api.url}/health/live`)).rejects.toThrow()
})

it('takes a free port when the default one is in use, and says so when one was asked for', async () => {
  const port = await takenPort()
  const api = await startApi(options({ port, portIsDefault: true }))
  expect((await fetch(`${api.url}/health/live`)).status).toBe(200)
  expect(api.url).not.toContain(`:${port}`)
  await api.close()
  await expect(startApi(options({ port }))).rejects.toMatchObject({ code: 'port_in_use', field: 'API_PORT' })
})

it('refuses another address than loopback without a token', async () => {
  for (const host of ['0.0.0.0', '::', '10.1.2.3', 'example.com', '127.0.0.1.example.com']) {
    await expect(startApi(options({ host }))).rejects.toMatchObject({
      code: 'configuration_invalid',
      field: 'API_HOST',
    })
  }
  const api = await startApi(options({ host: '0.0.0.0', token: 'secret' }))
  expect((await fetch(`${api.url}/v1`)).status).toBe(401)
  await api.close()
})

it('says when the address is not of this machine', async () => {
  const elsewhere = startApi(options({ host: '192.0.2.1', token: 'secret' }))
  await expect(elsewhere).rejects.toMatchObject({ code: 'configuration_invalid', field: 'API_HOST' })
})
