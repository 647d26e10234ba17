import { list, type SettingProblem, setting, text, type ValueKind, type ValuesOf } from '../../configuration/setting.ts'
import { type ConnectableSystem, requireSecret } from '../kit/configured-system.ts'
import type { ClientDeps } from '../system.ts'
import type { MailOptions } from './mail-place.ts'
import { type NamePattern, patternOf } from './name-pattern.ts'

const subjectPattern: ValueKind<NamePattern> = {
  ...text(),
  expected: 'a subject such as Stock list*, with * and ? for any text',
  parse: (given) => (typeof given === 'string' ? patternOf(given) : undefined),
}

/** Settings of a mailbox. */
export const mailSettings = {
  'mail.senders': setting(
    list(
      text({ pattern: /[^@\s,;<>"]*@[^@\s,;<>"]+\.[^@\s,;<>"]+/, expected: 'an e-mail address or @domain' }),
      'e-mail addresses, or @domain for all of a domain',
    ),
    { default: [], defaultText: 'none', description: 'of a mailbox: whose messages are read' },
  ),
  'mail.subject': setting(subjectPattern, {
    description: 'of a mailbox: subjects of the messages that are read, with * and ? for any text; by default all',
  }),
  'mail.authenticatedBy': setting(text({ pattern: /[^\s;]+/, expected: 'the name of a mail server' }), {
    description:
      'of a mailbox: name of its mail server at the begin of Authentication-Results, such as mx.shop.example; messages without DMARC or DKIM that it found right are not read',
  }),
}

export type MailValues = ValuesOf<typeof mailSettings>
type Encryption = MailOptions['encryption']

export function isMailbox(address: string): boolean {
  return /^imaps?:/i.test(address)
}

interface Folders {
  /** Entities, and where and how their files arrive. */
  readonly incoming: readonly (readonly [
    string,
    { readonly folder: string; readonly complete: string; readonly after: string },
  ])[]
  readonly encryption: Encryption
}

/** What a mailbox needs, and can't do. */
export function mailProblems(
  address: string,
  values: MailValues,
  { incoming, encryption }: Folders,
): readonly SettingProblem[] {
  const problems: SettingProblem[] = []
  const say = (name: string, problem: string) => void problems.push({ name, problem })
  if (values['mail.senders'].length === 0) {
    say('mail.senders', 'must be set for a mailbox, because anybody can write to it: addresses, or @domain')
  }
  const isOpen = /^imap:/i.test(address)
  if (!isOpen && encryption === 'none') say('encryption', 'must not be none for an address with imaps://')
  if (isOpen && encryption === 'implicit') say('encryption', 'implicit needs an address with imaps://')
  for (const [entity, { complete, after, folder }] of incoming) {
    if (complete === 'marker') say(`${entity}.complete`, 'must not be marker: an attachment has none, and is whole')
    const sharing = incoming.find(([other, values]) => other !== entity && values.folder === folder)
    if (sharing !== undefined && after !== 'keep') {
      say(`${entity}.after`, `must be keep, or ${sharing[0]} have another folder: a message moves as a whole`)
    }
  }
  return problems
}

/** Throws `configuration_invalid` naming what is missing. */
export function mailOptions(
  system: ConnectableSystem<MailValues & { readonly encryption: Encryption; readonly timeoutSeconds: number }>,
  readIn: (folder: string) => readonly NamePattern[],
  { network }: Pick<ClientDeps, 'network'>,
): MailOptions {
  const { settings } = system
  const url = new URL(system.address)
  network.assertUrl(url)
  const isOpen = url.protocol === 'imap:'
  const subject = settings['mail.subject']
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (isOpen ? 143 : 993) : Number(url.port),
    root: decodeURIComponent(url.pathname).replace(/^\/+|\/+$/g, ''),
    username: requireSecret(system, 'username'),
    password: requireSecret(system, 'password'),
    encryption: isOpen ? settings.encryption : 'implicit',
    ca: system.secrets['ca'] ?? null,
    lookup: network.lookup(url),
    senders: settings['mail.senders'].map((one) => one.toLowerCase()),
    authenticatedBy: settings['mail.authenticatedBy'],
    isWanted: (text) => subject === null || subject.match(text.slice(0, LONGEST_SUBJECT)) !== null,
    isRead: (folder, called) => readIn(folder).some((files) => files.match(called) !== null),
    timeoutMs: settings.timeoutSeconds * 1000,
  }
}

/** Of a text that strangers write. */
const LONGEST_SUBJECT = 300
