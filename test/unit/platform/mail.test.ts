import { afterEach, describe, expect, it } from 'vitest'
import type { MailConfig } from '../../../src/config.ts'
import { createMailer } from '../../../src/platform/mail.ts'
import { startMailServer, textOfMail } from '../../worlds/mail-server.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})

async function server(options: Parameters<typeof startMailServer>[0] = {}) {
  const mail = await startMailServer(options)
  closers.push(mail.close)
  const mailer = (more: Partial<MailConfig> = {}) =>
    createMailer({
      host: '127.0.0.1',
      port: mail.port,
      tls: 'off',
      login: null,
      from: 'Waldstream <ws@example.com>',
      ...more,
    })
  return { ...mail, mailer }
}

const mail = {
  to: ['a@example.com', 'b@example.com'],
  id: 'msg_1',
  subject: 'Größe',
  text: 'Größe\n',
  html: '<p>Größe</p>',
}

describe('an e-mail', () => {
  it('arrives at every address, as text and as HTML', async () => {
    const { mailer, mails } = await server()
    await mailer()(mail)
    const [received = { to: [], raw: '' }] = mails
    expect(received.to).toEqual(mail.to)
    expect(textOfMail(received)).toContain('Größe')
    expect(received.raw).toMatch(/^Message-ID: <msg_1@example\.com>\r$/im)
    expect(received.raw).toMatch(/^Auto-Submitted: auto-generated\r$/im)
    expect(received.raw).toMatch(/^Content-Type: text\/html/im)
  })

  it('has no further header, whatever its subject is', async () => {
    const { mailer, mails } = await server()
    await mailer()({ ...mail, subject: 'a\r\nBcc: c@example.com\r\n\r\nbody' })
    expect(mails[0]?.to).toEqual(mail.to)
    expect(mails[0]?.raw).not.toMatch(/^Bcc:/im)
  })

  it('is sent by the login that is set', async () => {
    const logins: string[] = []
    const { mailer, mails } = await server({
      authOptional: false,
      onAuth({ username = '', password }, _session, done) {
        logins.push(username)
        if (password === 'right') done(null, { user: username })
        else done(new Error('no'))
      },
    })
    await mailer({ login: { username: 'ws', password: 'right' } })(mail)
    expect([logins, mails.length]).toEqual([['ws'], 1])
    await expect(mailer({ login: { username: 'ws', password: 'wrong' } })(mail)).rejects.toMatchObject({
      code: 'credentials_refused',
      message: expect.stringMatching(/refused the login \(535\): check SMTP_USERNAME and SMTP_PASSWORD$/),
    })
  })

  it('is not sent unencrypted where encryption is asked for', async () => {
    const { mailer, mails } = await server()
    await expect(mailer({ tls: 'starttls' })(mail)).rejects.toMatchObject({ code: 'target_rejected' })
    expect(mails).toEqual([])
  })

  it('that is refused says so without its addresses', async () => {
    const { mailer } = await server({
      onRcptTo({ address }, _session, done) {
        done(Object.assign(new Error(`no such user ${address}`), { responseCode: 550 }))
      },
    })
    const refused = await mailer()(mail).catch((error: unknown) => error)
    expect(refused).toMatchObject({
      code: 'target_rejected',
      message: expect.stringContaining('refused the e-mail (550)'),
    })
    expect(JSON.stringify([refused, String(refused)])).not.toContain('@')
  })

  it('waits for a server that is away', async () => {
    const { mailer, close } = await server()
    await close()
    await expect(mailer()(mail)).rejects.toMatchObject({ code: 'target_unavailable' })
  })
})
