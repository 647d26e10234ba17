import { StreamError } from '../../errors.ts'
import { digest } from '../../events/identity.ts'
import type { CallKind } from '../../platform/governor/governor.ts'
import { checkMailRoute, composeMail, type MailRoute, type Posting, postMail } from '../../platform/mail-posting.ts'
import type { NetworkRules } from '../../platform/network-rules.ts'
import { type ConnectableSystem, requireSecret, settingError } from '../kit/configured-system.ts'
import type { MailDeliveries, PostOffice } from '../kit/post-office.ts'
import type { SystemCheck } from '../kit/system-check.ts'
import type { ClientDeps } from '../system.ts'
import { readLogo } from './logo.ts'
import { type MailboxValues, recipientsOf } from './settings.ts'

/** A message to the vendor. */
export interface VendorMail {
  /** Identifies it for mail programs: the same each time it is sent. */
  readonly id: string
  /** Id of the first e-mail of the order, which it belongs to; null: it is the first. */
  readonly replyTo: string | null
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly attachment: { readonly name: string; readonly content: Buffer } | null
}

export interface MailboxClient {
  /** Sends one e-mail within the limits of the server. Throws only before anything is sent. */
  send(mail: VendorMail, signal: AbortSignal): Promise<Posting>
  /** The id of an e-mail in its header. */
  messageId(reference: string, number: number): string
  /** The seller's logo; null: none is set. Throws `configuration_invalid`. */
  logo(): Promise<Buffer | null>
  /** Null: this process only checks systems. */
  readonly deliveries: MailDeliveries | null
  /** The same client, with the priority of calls of this kind. */
  for(kind: CallKind): MailboxClient
  /** Signs in to the mail server without sending, and reads the logo. */
  check(signal: AbortSignal): Promise<SystemCheck>
}

interface Sender {
  readonly route: MailRoute
  /** `name@host`, or with a name before it. */
  readonly address: string
}

/** Throws `configuration_invalid` with what is missing. */
export function createMailboxClient(
  system: ConnectableSystem<MailboxValues>,
  { governors, network, folderOf, post }: ClientDeps,
): MailboxClient {
  const { settings } = system
  // Before any order is taken up: orders wait until it is set, and none becomes a dead letter.
  if (post !== undefined && post.deliveries !== null && !post.hasPublicUrl) throw noLinksError(system.id)
  const sender = senderOf(system, network, post?.own ?? null)
  const { host, port } = sender.route.server
  const governor = governors.of(`mailbox ${host}:${port}`, system.limits)
  const from = bareAddress(sender.address)
  const to = recipientsOf(system.address)
  const logo = () => readLogo(system, folderOf?.(system.id) ?? null)
  const viewOf = (kind: CallKind): MailboxClient => ({
    async send(mail, signal) {
      const message = await composeMail({
        from: { name: settings.seller, address: from },
        to: [...to],
        ...(settings.replyTo === null ? {} : { replyTo: settings.replyTo }),
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        messageId: mail.id,
        ...(mail.replyTo === null ? {} : { inReplyTo: mail.replyTo, references: mail.replyTo }),
        headers: { 'Auto-Submitted': 'auto-generated' },
        attachments:
          mail.attachment === null
            ? []
            : [{ filename: mail.attachment.name, content: mail.attachment.content, contentType: 'application/pdf' }],
      })
      return await governor.run(kind, () => postMail(sender.route, { from, to, message }, signal), signal)
    },
    messageId: (reference, number) =>
      `<${digest('mail', system.id, reference, String(number)).slice(0, ID_LENGTH)}@${from.slice(from.lastIndexOf('@') + 1)}>`,
    logo,
    deliveries: post?.deliveries ?? null,
    for: viewOf,
    async check(signal) {
      await logo()
      await governor.run(kind, () => checkMailRoute(sender.route, signal), signal)
      return { date: null, warnings: post?.hasPublicUrl === true ? [] : [NO_LINKS] }
    },
  })
  return viewOf('orders')
}

const ID_LENGTH = 32
const NO_LINKS = 'PUBLIC_URL is not set: e-mails need it for their links, and are not sent without it'

function noLinksError(id: string): StreamError {
  return new StreamError('configuration_invalid', `system ${id}: ${NO_LINKS}`, { field: 'PUBLIC_URL' })
}

/** `orders@seller.example` of `Seller <orders@seller.example>`. */
function bareAddress(address: string): string {
  return /<([^<>]+)>\s*$/.exec(address)?.[1] ?? address.trim()
}

function senderOf(system: ConnectableSystem<MailboxValues>, network: NetworkRules, own: PostOffice['own']): Sender {
  const { 'smtp.host': host, 'smtp.port': port, 'smtp.tls': tls, from } = system.settings
  if (host === null) {
    if (own === null) {
      const problem = 'is not set, and the operator has no mail server (SMTP_HOST and SMTP_FROM)'
      throw settingError(system, 'mailbox', 'settings.smtp.host', problem)
    }
    const route = { server: own.server, lookup: null, loginIn: 'SMTP_USERNAME and SMTP_PASSWORD' }
    return { route, address: from ?? own.from }
  }
  const hasLogin = system.secrets['username'] !== undefined
  const login = hasLogin
    ? { username: requireSecret(system, 'username'), password: requireSecret(system, 'password') }
    : null
  const place = `${host.includes(':') ? `[${host}]` : host}:${port}`
  const url = new URL(`smtp://${place}`)
  network.assertUrl(url)
  // An order in the clear has the same needs as a secret in the clear.
  if (tls === 'off') network.assertSecret(new URL(`http://${place}`))
  const route = {
    server: { host, port, tls, login },
    lookup: network.lookup(url),
    loginIn: 'its username and password',
  }
  return { route, address: from ?? '' }
}
