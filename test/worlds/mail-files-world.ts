import type { Entity } from '../../src/events/topics.ts'
import { type ImapServer, VENDOR } from './imap-server/start-imap-server.ts'
import { readWorld } from './read-world.ts'
import { readOf, systemOf } from './sources.ts'

export interface MailFilesOptions {
  readonly settings?: Readonly<Record<string, unknown>>
  /** Of a proxy in front of the server, without TLS. */
  readonly openPort?: number
}

/** Reads of a vendor that sends its files by e-mail into a mailbox of the test. */
export async function mailFilesWorld<E extends Entity>(
  entity: E,
  server: ImapServer,
  { settings = {}, openPort }: MailFilesOptions = {},
) {
  const mailbox = await server.mailbox()
  const read = readOf('vendor', entity, 3)
  const place = openPort === undefined ? `imaps://127.0.0.1:${server.port}/` : `imap://127.0.0.1:${openPort}/`
  const system = systemOf({
    id: 'vendor',
    type: 'files',
    address: place,
    secrets: { username: 'env:USER', password: 'env:PASSWORD', ca: 'env:CA' },
    reads: [read],
    settings: {
      'mail.senders': [VENDOR],
      [`${entity}.folder`]: 'INBOX',
      ...(openPort === undefined ? {} : { encryption: 'none' }),
      ...settings,
    },
  })
  const readerSleep = async () => {
    throw new Error('messages are whole: nothing is to be waited for')
  }
  const world = readWorld(entity, { system, read }, { readerSleep })
  world.secrets.set('env:USER', mailbox.user).set('env:PASSWORD', mailbox.user).set('env:CA', server.certificate)
  return {
    ...world,
    system,
    mailbox,
    send: async (files: Readonly<Record<string, string>>, subject = 'Stock') =>
      await mailbox.send({
        subject,
        attachments: Object.entries(files).map(([filename, content]) => ({ filename, content })),
      }),
  }
}
