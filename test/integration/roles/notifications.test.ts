import { Webhook } from 'standardwebhooks'
import { expect, inject, it, onTestFinished } from 'vitest'
import { pause } from '../../../src/control/pauses.ts'
import { concernsOf } from '../../../src/operations/notifications/concerns-of.ts'
import { createRecipientStore } from '../../../src/operations/notifications/recipient-row.ts'
import { everything } from '../../../src/operations/principal.ts'
import { status } from '../../../src/operations/status.ts'
import { SIGNING_KEY } from '../../data/recipients.ts'
import { startMailServer, textOfMail } from '../../worlds/mail-server.ts'
import { startProgram } from '../../worlds/processes.ts'
import { install, RUNNING, startRole } from '../../worlds/processes-roles.ts'
import { startWebhookReceiver } from '../../worlds/webhook-receiver.ts'

const RECIPIENTS = (url: string) => `
---
kind: recipient
id: hook
webhook: ${url}
secrets: { signing: env:HOOK_SIGNING }
---
kind: recipient
id: ops
email: [ops@example.com]
`

async function notified() {
  const [hooks, mail] = await Promise.all([startWebhookReceiver(), startMailServer()])
  const settings = {
    HOOK_SIGNING: SIGNING_KEY,
    SMTP_HOST: '127.0.0.1',
    SMTP_PORT: String(mail.port),
    SMTP_TLS: 'off',
    SMTP_FROM: 'ws@example.com',
    PUBLIC_URL: 'https://ws.example.com/',
    API_PORT: '0',
    METRICS_PORT: 'off',
  }
  const edit = (text: string) => (text.includes('kind: connection') ? text + RECIPIENTS(hooks.url) : text)
  const installation = await install('notified', inject('services'), settings, edit)
  onTestFinished(async () => {
    await Promise.all([hooks.close(), mail.close(), installation.close()])
  })
  const waldstream = async (...args: readonly string[]) => {
    const program = await startProgram({
      name: 'waldstream',
      args: ['src/cli/main.ts', ...args],
      env: installation.env,
    })
    const { code } = await program.exited
    return { code, text: program.output() }
  }
  return { ...installation, hooks, mail, waldstream }
}

it('a test notification arrives, and one that does not says why', async () => {
  const { hooks, mail, waldstream } = await notified()
  const good = await waldstream('notifications', 'test', 'hook')
  expect(good).toMatchObject({ code: 0, text: expect.stringMatching(/hook accepted the test notification msg_/) })
  const [{ headers, body } = { headers: {}, body: '' }] = hooks.received
  const own = headers as Readonly<Record<string, string>>
  expect(new Webhook(SIGNING_KEY).verify(body, { ...own })).toMatchObject({ type: 'notification.test' })
  expect((await waldstream('notifications', 'test', 'ops')).code).toBe(0)
  expect(mail.mails[0]?.raw).toContain('Subject: [Waldstream] Test notification')
  hooks.answer(503)
  const bad = await waldstream('notifications', 'test', 'hook')
  expect(bad).toMatchObject({ code: 1, text: expect.stringContaining('answered 503') })
  expect((await waldstream('notifications', 'list')).text).toMatch(/hook {2}webhook {2}ok {2}0 open, last sent never/)
}, 600_000)

it('two processes with the API notify each recipient once', async () => {
  const { platform, configuration, env, hooks, mail } = await notified()
  const { tables, clock } = platform
  const [{ id: connection } = { id: '' }] = configuration.connections
  const paused = { stage: 'map-products', connection, code: 'mapping_failed', message: 'no name' }
  await pause(tables, { ...paused, since: new Date(clock.now()).toISOString(), probe_at: clock.now() + 86_400_000 })
  // As if they had been seen an hour ago: nobody waits for minutes.
  const seen = concernsOf(await status(platform, everything({ kind: 'cli', name: 'test' })))
  const store = createRecipientStore(tables)
  for (const recipient of ['hook', 'ops']) {
    const row = await store.take(recipient, clock.now(), 60_000)
    if (row === null) throw new Error('the row is not taken')
    const known = seen.map((one) => ({ ...one, seen_at: clock.now() - 3_600_000, notified_at: null, gone_at: null }))
    await store.change(row, clock.now(), 60_000, { known })
    await store.release(row, 0)
  }
  const roles = await Promise.all(['one', 'other'].map((name) => startRole('api', env, name)))
  await Promise.all(roles.map((role) => role.line(RUNNING)))
  const give = { timeout: 240_000 }
  await expect.poll(() => hooks.received.length, give).toBeGreaterThan(0)
  await expect.poll(() => mail.mails.length, give).toBeGreaterThan(0)
  await expect
    .poll(
      async () => (await store.list(['hook', 'ops'])).map(({ outbox, sent_at }) => outbox === null && sent_at !== null),
      give,
    )
    .toEqual([true, true])
  for (const role of roles) role.signal('SIGTERM')
  await Promise.all(roles.map((role) => role.exited))
  expect([hooks.received.length, mail.mails.length]).toEqual([1, 1])
  expect(JSON.parse(hooks.received[0]?.body ?? '').data).toMatchObject({
    recipient: 'hook',
    opened: [{ cause: 'paused', connections: [connection], page: 'https://ws.example.com/' }],
  })
  const [received = { to: [], raw: '' }] = mail.mails
  expect(textOfMail(received)).toContain(`waldstream pauses resume map-products ${connection}`)
}, 600_000)
