import { Webhook } from 'standardwebhooks'
import { expect, inject, it, onTestFinished } from 'vitest'
import { SIGNING_KEY } from '../../data/recipients.ts'
import { startMailServer } from '../../worlds/mail-server.ts'
import { startProgram } from '../../worlds/processes.ts'
import { install } from '../../worlds/processes-roles.ts'
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
}, 300_000)
