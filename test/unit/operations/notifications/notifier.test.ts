import { Webhook } from 'standardwebhooks'
import { afterEach, expect, it } from 'vitest'
import type { Recipient } from '../../../../src/configuration/model.ts'
import { pause, resume } from '../../../../src/control/pauses.ts'
import { applyConfiguration } from '../../../../src/operations/configuration.ts'
import { LEASE_MS, LOOK_MS } from '../../../../src/operations/notifications/attend-recipient.ts'
import { listRecipients } from '../../../../src/operations/notifications/notification-status.ts'
import { NOTIFIED_AFTER_MS, RESOLVED_AFTER_MS } from '../../../../src/operations/notifications/plan-notice.ts'
import { createRecipientStore } from '../../../../src/operations/notifications/recipient-row.ts'
import { createNotifier } from '../../../../src/operations/notifications/run-notifications.ts'
import { createSendNotice } from '../../../../src/operations/notifications/send-notice.ts'
import { everything } from '../../../../src/operations/principal.ts'
import { status } from '../../../../src/operations/status.ts'
import { createGuardedHttp } from '../../../../src/platform/guarded-http.ts'
import { createMailer } from '../../../../src/platform/mail.ts'
import { noMeter } from '../../../../src/platform/metrics/meter.ts'
import { createWebhookSender } from '../../../../src/platform/signed-webhook.ts'
import { localNetwork } from '../../../data/loopback.ts'
import { recipientWith, SIGNING_KEY } from '../../../data/recipients.ts'
import { startMailServer, textOfMail } from '../../../worlds/mail-server.ts'
import { silentLogger } from '../../../worlds/stage-context.ts'
import { configurationOf, twoSellers } from '../../../worlds/two-sellers.ts'
import { startWebhookReceiver } from '../../../worlds/webhook-receiver.ts'

const boss = everything({ kind: 'cli', name: 'boss' })
const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})

/** Sellers alder and birch, each with a dead letter and a pause, and these recipients; a notifier stands for a process. */
async function world(recipientsOf: (url: string) => readonly Recipient[]) {
  const hooks = await startWebhookReceiver()
  const mail = await startMailServer()
  closers.push(hooks.close, mail.close)
  const api = await twoSellers(['alder', 'birch'])
  const { tables, clock } = api
  const configuration = { ...configurationOf(['alder', 'birch']), recipients: recipientsOf(hooks.url) }
  await applyConfiguration(api.operations, boss, { configuration, reason: null })
  const sendNotice = createSendNotice({
    sendWebhook: createWebhookSender(createGuardedHttp(localNetwork), clock),
    sendMail: createMailer({ host: '127.0.0.1', port: mail.port, tls: 'off', login: null, from: 'ws@example.com' }),
    resolveSecret: async () => SIGNING_KEY,
    publicUrl: 'https://ws.example.com',
  })
  const deps = {
    tables,
    recipients: () => configuration.recipients,
    store: createRecipientStore(tables),
    sendNotice,
    clock: { now: clock.now, sleep: async () => undefined },
    meter: noMeter,
    logger: silentLogger,
    random: () => 0.5,
  }
  const look = async (notifier = createNotifier(deps)) => {
    await notifier.begin()
    await notifier.idle()
  }
  return {
    ...api,
    hooks,
    mail,
    deps,
    look,
    /** Looks again after some time. */
    async after(ms: number) {
      clock.time += ms
      await look()
    },
  }
}

const WAIT_MS = Math.max(...Object.values(NOTIFIED_AFTER_MS))
const hook = (url: string, more: Partial<Recipient> = {}) => recipientWith('hook', { webhook: url, ...more })
const bodies = ({ received }: { readonly received: readonly { readonly body: string }[] }) =>
  received.map(({ body }) => JSON.parse(body))
const titles = (concerns: readonly { readonly title: string }[]) => concerns.map(({ title }) => title)

it('notifies once of what has been wrong for a while, by a webhook that the official library accepts', async () => {
  const { hooks, look, after } = await world((url) => [hook(url)])
  await look()
  expect(hooks.received).toEqual([])
  await after(WAIT_MS)
  await after(LOOK_MS)
  expect(hooks.received).toHaveLength(1)
  const [{ headers, body } = { headers: {}, body: '' }] = hooks.received
  const sent = headers as Readonly<Record<string, string>>
  const { 'webhook-id': id, 'webhook-signature': signature } = sent
  expect(id).toMatch(/^msg_[\da-f-]{36}$/)
  // The clock of the test is not of today, which the library compares with.
  const at = new Date(Number(sent['webhook-timestamp']) * 1000)
  expect(new Webhook(SIGNING_KEY).sign(String(id), at, body)).toBe(signature)
  const { type, data } = JSON.parse(body)
  expect(type).toBe('notification.changed')
  expect(titles(data.opened).toSorted()).toEqual([
    '1 record failed at deliver-erp: target_rejected (lines[].sku)',
    '1 record failed at deliver-erp: target_rejected (lines[].sku)',
    'paused at map-products: mapping_failed',
    'paused at map-products: mapping_failed',
  ])
  expect(data.opened[0].page).toMatch(/^https:\/\/ws\.example\.com\//)
})

it('says when a cause is resolved, and reminds of those that are not', async () => {
  const { hooks, tables, look, after } = await world((url) => [hook(url, { causes: ['paused'], remindHours: 1 })])
  await look()
  await after(WAIT_MS)
  await resume(tables, 'map-products', 'alder')
  await after(LOOK_MS)
  await after(RESOLVED_AFTER_MS)
  await after(3_600_000)
  const [opened, resolved, reminded] = bodies(hooks).map(({ data }) => data)
  expect([opened.opened.length, opened.open]).toEqual([2, 2])
  expect(resolved).toMatchObject({ opened: [], resolved: [{ connections: ['alder'] }], open: 1 })
  expect(reminded).toMatchObject({ opened: [], reminded: [{ connections: ['birch'] }], resolved: [] })
  expect(hooks.received).toHaveLength(3)
})

it('sends e-mails that say what is wrong and where, what to do, and where it is seen', async () => {
  const { mail, look, after } = await world(() => [
    recipientWith('ops', { connections: ['alder'], causes: ['paused'] }),
  ])
  await look()
  await after(WAIT_MS)
  expect(mail.mails).toHaveLength(1)
  const [received = { to: [], raw: '' }] = mail.mails
  expect(received.to).toEqual(['ops@example.com'])
  expect(received.raw).toMatch(/^Subject: \[Waldstream\] alder: paused at map-products: mapping_failed\r$/m)
  expect(received.raw).toMatch(/^Message-ID: <msg_[\da-f-]+@example\.com>\r$/im)
  expect(textOfMail(received)).toContain('waldstream pauses resume map-products alder')
  expect(textOfMail(received)).toContain('https://ws.example.com/')
})

it('sends a recipient of one connection nothing of another, nor what a shared system answered', async () => {
  const { hooks, look, after } = await world((url) => [hook(url, { connections: ['alder'] })])
  await look()
  await after(WAIT_MS)
  expect(hooks.received).toHaveLength(1)
  expect(hooks.received[0]?.body).toContain('alder')
  expect(hooks.received[0]?.body).not.toContain('birch')
})

it('two processes never send the same', async () => {
  const { hooks, deps, clock, look } = await world((url) => [hook(url)])
  await look()
  clock.time += WAIT_MS
  const processes = Array.from({ length: 5 }, () => createNotifier(deps))
  await Promise.all(processes.map((one) => look(one)))
  await Promise.all(processes.map((one) => look(one)))
  expect(hooks.received).toHaveLength(1)
})

it('a process that takes over sends what the one that died was about to send, under the same id', async () => {
  const { hooks, deps, clock, look, after } = await world((url) => [hook(url)])
  await look()
  clock.time += WAIT_MS
  const dying = createNotifier({ ...deps, sendNotice: () => new Promise(() => undefined) })
  await dying.begin()
  await expect.poll(async () => (await deps.store.list(['hook']))[0]?.outbox ?? null).not.toBeNull()
  const [row] = await deps.store.list(['hook'])
  await after(LOOK_MS)
  expect(hooks.received).toEqual([])
  await after(LEASE_MS)
  expect(hooks.received.map(({ headers }) => headers['webhook-id'])).toEqual([row?.outbox?.id])
})

it('a dead endpoint keeps nobody waiting, is seen in the status, and gets the notification when it is back', async () => {
  const { hooks, mail, operations, clock, look, after } = await world((url) => [hook(url), recipientWith('ops')])
  hooks.answer(500)
  await look()
  await after(WAIT_MS)
  expect(mail.mails).toHaveLength(1)
  await after(LOOK_MS)
  const ids = new Set(hooks.received.map(({ headers }) => headers['webhook-id']))
  expect([hooks.received.length, ids.size]).toEqual([2, 1])
  const found = await status(operations, boss)
  expect(found.healthy).toBe(false)
  expect(found.unreached).toMatchObject([
    {
      recipient: 'hook',
      failing: {
        since: new Date(clock.time - LOOK_MS).toISOString(),
        code: 'target_unavailable',
        message: expect.stringMatching(/^POST 127\.0\.0\.1:\d+ answered 500$/),
        attempts: 2,
      },
    },
  ])
  const seller = { ...boss, scope: { connections: new Set(['alder']), systems: new Set<string>() } }
  expect((await status(operations, seller)).unreached).toEqual([])
  hooks.answer(204)
  await after(LOOK_MS)
  expect(hooks.received).toHaveLength(3)
  expect(new Set(hooks.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  expect(await listRecipients(operations, boss)).toMatchObject([{ failing: null }, { failing: null }])
})

it('waits longer and longer between attempts', async () => {
  const { hooks, deps, clock, look } = await world((url) => [hook(url)])
  await look()
  clock.time += WAIT_MS
  hooks.answer(503)
  const waits: number[] = []
  for (let attempt = 0; attempt < 12; attempt += 1) {
    await look()
    const [row] = await deps.store.list(['hook'])
    waits.push((row?.due_at ?? 0) - clock.time)
    clock.time = row?.due_at ?? 0
  }
  expect(waits.slice(0, 4)).toEqual([2_500, 5_000, 10_000, 20_000])
  expect(waits.at(-1)).toBe(900_000)
})

it('sends nothing to a recipient that is switched off', async () => {
  const { hooks, look, after } = await world((url) => [hook(url, { enabled: false })])
  await look()
  await after(WAIT_MS)
  expect(hooks.received).toEqual([])
})

it('a new cause is sent while others are known', async () => {
  const { hooks, tables, look, after } = await world((url) => [hook(url, { causes: ['paused'] })])
  await look()
  await after(WAIT_MS)
  const held = { stage: 'deliver-erp', connection: 'birch', code: 'credentials_refused', message: 'refused' }
  await pause(tables, { ...held, since: '2026-01-31T08:30:00.000Z', probe_at: 0 })
  await after(LOOK_MS)
  await after(WAIT_MS)
  expect(bodies(hooks)[1].data).toMatchObject({
    opened: [{ title: 'paused at deliver-erp: credentials_refused', connections: ['birch'] }],
    open: 3,
  })
})
