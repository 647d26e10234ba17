import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import type { System } from '../../src/configuration/model.ts'
import { createAuditTrail } from '../../src/control/audit-trail.ts'
import { createShareStore } from '../../src/control/shares/share-store.ts'
import type { VendorOrderRequested } from '../../src/events/generated/events.ts'
import { createMailLinks } from '../../src/operations/mail-links.ts'
import { tableDefinitions } from '../../src/operations/table-definitions.ts'
import { createSentMails } from '../../src/processors/delivery/sent-mails.ts'
import { createClients } from '../../src/systems/clients.ts'
import type { Sink } from '../../src/systems/kit/sink.ts'
import { localNetwork } from '../data/loopback.ts'
import { connectionOf } from '../data/processor-events.ts'
import { memoryTables } from '../memory/tables.ts'
import { type ReceivedMail, startMailServer } from './mail-server.ts'
import { governors, systemOf, wallClock } from './sources.ts'

const PUBLIC_URL = 'https://waldstream.example'
const mailed = connectionOf('acme', '^A')

interface MailboxOptions {
  readonly server?: Parameters<typeof startMailServer>[0]
  readonly settings?: Readonly<Record<string, unknown>>
  readonly system?: Partial<System>
  readonly folderOf?: (system: string) => string | null
  readonly publicUrl?: string | null
}

/** A vendor with a mailbox, at a real mail server; what was sent and the links are in memory. */
export async function mailboxWorld(options: MailboxOptions = {}) {
  const server = await startMailServer(options.server)
  onTestFinished(() => server.close())
  const tables = memoryTables(tableDefinitions)
  const { publicUrl = PUBLIC_URL } = options
  const system = systemOf({
    id: 'acme-erp',
    type: 'mailbox',
    address: 'mailto:orders@acme.example',
    settings: { seller: 'Maple & Street', ...options.settings },
    ...options.system,
  })
  const shares = createShareStore(tables, wallClock)
  const links = { tables, clock: wallClock, shares, audit: createAuditTrail(tables, wallClock, 30), publicUrl }
  const clients = createClients({
    clock: wallClock,
    governors,
    network: localNetwork,
    logger: pino({ level: 'silent' }),
    resolveSecret: (_system, reference) => reference.replace('env:', ''),
    ...(options.folderOf === undefined ? {} : { folderOf: options.folderOf }),
    post: {
      own: {
        server: { host: '127.0.0.1', port: server.port, tls: 'off', login: null },
        from: 'Waldstream <shop@maple.example>',
      },
      hasPublicUrl: publicUrl !== null,
      deliveries: {
        sent: createSentMails(tables, wallClock),
        linkTo: createMailLinks({ ...links, cursorKey: null }),
      },
    },
  })
  const signal = AbortSignal.timeout(60_000)
  return {
    tables,
    shares,
    server,
    mails: server.mails,
    async deliver(event: VendorOrderRequested, stop = signal) {
      const sink = (await clients.of(system)).sink('vendor-orders') as Sink<'vendor-orders'>
      return await sink.deliver(event, mailed, stop, { targetId: null, unclear: false })
    },
    check: () => clients.check(system, signal),
  }
}

export function headerOf({ raw }: ReceivedMail, name: string): string | null {
  const head = (raw.split('\r\n\r\n')[0] ?? '').replaceAll(/\r\n[ \t]+/g, ' ')
  return new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1] ?? null
}

/** Attachments are encoded in base64. */
export function attachmentOf({ raw }: ReceivedMail): Buffer | null {
  const part = raw.split(/\r\n--[^\r\n]+\r\n/).find((one) => /^content-type: application\/pdf/im.test(one))
  return part === undefined ? null : Buffer.from(part.split('\r\n\r\n').slice(1).join(''), 'base64')
}

/** The path of the link in an e-mail. */
export function linkIn(text: string): string {
  const [link = ''] = /https?:\/\/\S+\/share\/wss_\S+/.exec(text) ?? []
  return new URL(link).pathname
}
