import { choice, type SettingProblem, setting, text, type ValuesOf, whole } from '../../configuration/setting.ts'

/** An address in its plain form; what is before the `@` may have any characters but those that end it in a header. */
const MAIL_ADDRESS = /[^\s@<>()[\],;:\\"]+@[^\s@<>()[\],;:\\"/?#]+\.[^\s@<>()[\],;:\\"/?#]+/
const mailAddress = text({ pattern: MAIL_ADDRESS, expected: 'an e-mail address, such as orders@acme.example' })
const IS_MAIL_ADDRESS = new RegExp(`^(?:${MAIL_ADDRESS.source})$`)

/** One line, without control characters. */
const line = (expected: string) => text({ pattern: /[^\p{Cc}\p{Zl}\p{Zp}]{1,150}/u, expected })

export const secrets = {
  ways: [{}, { username: 'user at the mail server of its own', password: 'its password' }],
} as const

export const settings = {
  seller: setting(line('a name of at most 150 characters'), {
    required: true,
    description: "seller's name: sender of the e-mails, and head of the packing slips",
  }),
  subject: setting(line('a text with {number}, such as Order {number} from {seller}'), {
    default: 'Order {number} from {seller}',
    description: 'subject of the e-mails; {number} is the order number, {seller} the name of the seller',
  }),
  note: setting(text({ pattern: /[^\p{Cc}]{1,500}/u, expected: 'a text of at most 500 characters' }), {
    description: 'sentence of the seller in each e-mail, in any language',
  }),
  replyTo: setting(mailAddress, { description: "address that the vendor's replies go to; by default the sender's" }),
  linkDays: setting(whole({ minimum: 1, maximum: 90 }), {
    default: 30,
    description: 'days that the link is valid after an e-mail',
  }),
  logo: setting(
    text({ pattern: /[A-Za-z0-9][\w.-]*\.(?:png|jpe?g)/i, expected: 'the name of a file in PNG or JPEG' }),
    {
      description: "seller's logo on the packing slips: a PNG or JPEG in the folder of the system below FILES_ROOT",
    },
  ),
  'smtp.host': setting(text({ pattern: /[A-Za-z0-9.:-]+/, expected: 'a host, such as smtp.example.com' }), {
    description: "mail server of this system's own; by default the operator's (SMTP_HOST)",
  }),
  'smtp.port': setting(whole({ minimum: 1, maximum: 65_535 }), { default: 587, description: 'its port' }),
  'smtp.tls': setting(choice(['starttls', 'tls', 'off']), {
    default: 'starttls',
    description:
      'encryption of its connection: STARTTLS, TLS from the start (port 465), or off, for hosts that the operator lists',
  }),
  from: setting(mailAddress, {
    description:
      "sender's address; required with a mail server of its own, by default that of the operator (SMTP_FROM)",
  }),
}

export type MailboxValues = ValuesOf<typeof settings>

/** The addresses of `mailto:a@acme.example,b@acme.example`. */
export function recipientsOf(address: string): readonly string[] {
  return address
    .replace(/^mailto:/i, '')
    .split(',')
    .map((one) => one.trim())
}

const MOST_RECIPIENTS = 10

export function addressProblem(address: string): string | null {
  if (!/^mailto:/i.test(address)) return 'must be mailto: and an e-mail address, such as mailto:orders@acme.example'
  const recipients = recipientsOf(address)
  if (!recipients.every((one) => IS_MAIL_ADDRESS.test(one))) {
    return 'must be mailto: and e-mail addresses separated by commas, without names and subject'
  }
  return recipients.length > MOST_RECIPIENTS ? `has more than ${MOST_RECIPIENTS} e-mail addresses` : null
}

export function settingProblems(values: MailboxValues): readonly SettingProblem[] {
  const { subject, from, 'smtp.host': host } = values
  return [
    ...(subject.includes('{number}') ? [] : [{ name: 'subject', problem: 'must contain {number}' }]),
    ...(host !== null && from === null ? [{ name: 'from', problem: 'is missing; smtp.host needs a sender' }] : []),
  ]
}
