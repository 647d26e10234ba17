/*
 * All webhooks to a host shared its 20 connections: an endpoint that did not answer held up every other one there.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { createGuardedHttp } from '../../../src/platform/guarded-http.ts'
import { createWebhookSender } from '../../../src/platform/signed-webhook.ts'
import { localNetwork } from '../../data/loopback.ts'
import { SIGNING_KEY } from '../../data/recipients.ts'

it('an endpoint that does not answer holds up no other one on the same host', async () => {
  let silent = 0
  const server = createServer((request, response) => {
    request.resume()
    if (request.url === '/silent') silent += 1
    else response.writeHead(204).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const send = createWebhookSender(createGuardedHttp(localNetwork), { now: () => Date.now() })
  const webhook = (path: string, id: string) => {
    return send({ url: `http://127.0.0.1:${port}${path}`, keys: [SIGNING_KEY], id, body: '{}' })
  }
  const waiting = Array.from({ length: 30 }, (_, n) => webhook('/silent', `evt_s${n}`).catch(() => 'ended'))
  await expect.poll(() => silent).toBe(20)
  await webhook('/live', 'evt_1')
  server.closeAllConnections()
  expect(waiting).toHaveLength(30)
})
