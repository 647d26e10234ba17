import { randomUUID } from 'node:crypto'
import { lookup } from 'node:dns'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ImapFlow } from 'imapflow'
import { createTransport, type SendMailOptions } from 'nodemailer'
import type { MailOptions } from '../../../src/systems/files/mail-place.ts'
import { noMavenServer, startMavenServer } from '../maven-server.ts'
import { certificateIn } from '../server-certificate.ts'

/** Null: the server can run here. Else why the tests with it are skipped. */
export const noImapServer = noMavenServer

export const VENDOR = 'stock@acme.example'

export interface ImapServer {
  /** Of IMAP without TLS, which GreenMail can't begin after a command. */
  readonly openPort: number
  /** Of IMAP with TLS from the first byte. */
  readonly port: number
  /** Its own certificate. */
  readonly certificate: string
  /** A mailbox of its own, with a message of nobody. */
  mailbox(): Promise<TestMailbox>
  stop(): Promise<void>
}

export type TestMailbox = ReturnType<typeof mailboxOf>

/** GreenMail on free ports: real messages come in over SMTP, and are read over IMAP. */
export async function startImapServer(): Promise<ImapServer> {
  const base = mkdtempSync(join(tmpdir(), 'waldstream-imap-'))
  const store = join(base, 'keys.p12')
  const certificate = certificateIn(store)
  const folder = import.meta.dirname
  const server = await startMavenServer({ name: 'imap', folder, program: 'ImapServerOfTests.java', given: [store] })
  const [smtpPort = 0, openPort = 0, port = 0] = server.line.split(' ').map(Number)
  return {
    openPort,
    port,
    certificate,
    async mailbox() {
      const made = mailboxOf(`${randomUUID()}@shop.example`, { smtpPort, port, certificate })
      await made.send({ from: 'nobody@else.example', subject: 'You have won', text: 'no attachment' })
      return made
    },
    async stop() {
      await server.stop()
      rmSync(base, { recursive: true, force: true })
    },
  }
}

interface Ports {
  readonly smtpPort: number
  readonly port: number
  readonly certificate: string
}

function mailboxOf(user: string, { smtpPort, port, certificate }: Ports) {
  const mail = createTransport({ host: '127.0.0.1', port: smtpPort, secure: false, ignoreTLS: true })
  const visit = async <T>(work: (client: ImapFlow) => Promise<T>): Promise<T> => {
    const auth = { user, pass: user }
    const client = new ImapFlow({
      host: '127.0.0.1',
      port,
      secure: true,
      tls: { ca: certificate },
      auth,
      logger: false,
    })
    await client.connect()
    try {
      return await work(client)
    } finally {
      await client.logout()
    }
  }
  return {
    user,
    options: {
      host: '127.0.0.1',
      port,
      root: '',
      username: user,
      password: user,
      encryption: 'implicit',
      ca: certificate,
      lookup,
      senders: [VENDOR],
      authenticatedBy: null,
      isWanted: () => true,
      isRead: (_folder, called) => called.endsWith('.csv'),
      timeoutMs: 20_000,
    } satisfies MailOptions as MailOptions,
    visit,
    send: async (message: SendMailOptions) =>
      void (await mail.sendMail({ from: VENDOR, to: user, subject: 'Stock', text: 'attached', ...message })),
    /** Subjects of the messages of a folder, and whether they were seen. */
    subjects: async (folder = 'INBOX') =>
      await visit(async (client) => {
        const { exists } = await client.mailboxOpen(folder, { readOnly: true })
        const messages = exists === 0 ? [] : await client.fetchAll('1:*', { envelope: true, flags: true })
        return messages.map(({ envelope, flags }) => `${envelope?.subject}${flags?.has('\\Seen') ? ' seen' : ''}`)
      }),
  }
}
