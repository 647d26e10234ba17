import { Webhook } from 'standardwebhooks'
import { afterEach, describe, expect, it } from 'vitest'
import { createGuardedHttp } from '../../../src/platform/guarded-http.ts'
import { networkRulesOf } from '../../../src/platform/network-rules.ts'
import { createWebhookSender, webhookSignatures } from '../../../src/platform/signed-webhook.ts'
import { localNetwork } from '../../data/loopback.ts'
import { SIGNING_KEY } from '../../data/recipients.ts'
import { startWebhookReceiver } from '../../worlds/webhook-receiver.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})

async function receiver() {
  const hooks = await startWebhookReceiver()
  closers.push(hooks.close)
  return hooks
}

const clock = { now: () => Date.now() }
const send = createWebhookSender(createGuardedHttp(localNetwork), clock)
const OTHER_KEY = `whsec_${Buffer.alloc(24, 7).toString('base64')}`
const webhook = (url: string) => ({ url, keys: [SIGNING_KEY], id: 'msg_1', body: '{"type":"notification.test"}' })

describe('a signed webhook', () => {
  it('is verified by the official library, as it came', async () => {
    const { url, received } = await receiver()
    await send({ ...webhook(url), body: '{"name":"Größe €"}' })
    const [{ headers, body, path } = { headers: {}, body: '', path: '' }] = received
    expect([path, headers['content-type'], headers['user-agent']]).toEqual(['/hook', 'application/json', 'waldstream'])
    const own = headers as Readonly<Record<string, string>>
    expect(new Webhook(SIGNING_KEY).verify(body, { ...own })).toEqual({ name: 'Größe €' })
    expect(() => new Webhook(OTHER_KEY).verify(body, { ...own })).toThrow()
    expect(() => new Webhook(SIGNING_KEY).verify(`${body} `, { ...own })).toThrow()
  })

  it('is signed with both keys while one is replaced', async () => {
    const { url, received } = await receiver()
    await send({ ...webhook(url), keys: [OTHER_KEY, SIGNING_KEY] })
    const [{ headers, body } = { headers: {}, body: '' }] = received
    const own = headers as Readonly<Record<string, string>>
    for (const key of [OTHER_KEY, SIGNING_KEY]) expect(new Webhook(key).verify(body, { ...own })).toBeTruthy()
  })

  it.each([
    [500, 'target_unavailable'],
    [404, 'target_rejected'],
    [429, 'rate_limited'],
    [401, 'credentials_refused'],
  ])('answered by %i, failed', async (status, code) => {
    const { url, answer } = await receiver()
    answer(status)
    await expect(send(webhook(url))).rejects.toMatchObject({ code })
  })

  it('follows no redirect', async () => {
    const { url, answer, received } = await receiver()
    answer(307, { location: url })
    await expect(send(webhook(url))).rejects.toMatchObject({ code: 'target_rejected' })
    expect(received).toHaveLength(1)
  })

  it('says that nobody listens, and no more', async () => {
    const { url, close } = await startWebhookReceiver()
    await close()
    await expect(send(webhook(url))).rejects.toMatchObject({
      code: 'target_unavailable',
      message: expect.stringMatching(/^POST 127\.0\.0\.1:\d+ failed: ECONNREFUSED$/),
    })
  })

  it('goes to no private network, and by http to no host that is not listed', async () => {
    const { url, received } = await receiver()
    const closed = createWebhookSender(createGuardedHttp(networkRulesOf({})), clock)
    await expect(closed(webhook(url))).rejects.toMatchObject({
      code: 'configuration_invalid',
      message: expect.stringContaining('ALLOWED_PRIVATE_NETWORKS'),
    })
    const secure = networkRulesOf({ ALLOWED_PRIVATE_NETWORKS: '127.0.0.0/8' })
    await expect(createWebhookSender(createGuardedHttp(secure), clock)(webhook(url))).rejects.toMatchObject({
      code: 'configuration_invalid',
      message: expect.stringContaining('ALLOWED_HTTP_HOSTS'),
    })
    expect(received).toEqual([])
  })

  it.each(['', 'secret', 'whsec_', 'whsec_c2hvcnQ=', SIGNING_KEY.slice(6)])('is not signed with "%s"', (key) => {
    const signed = { id: 'msg_1', timestamp: '1', body: '' }
    expect(() => webhookSignatures([key], signed)).toThrow(/must be whsec_ and 24 to 64 bytes in base64/)
  })
})
