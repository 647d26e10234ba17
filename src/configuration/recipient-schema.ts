import Type from 'typebox'
import { notificationCauses } from './model.ts'
import { enabled, filledList, id, idList, signingSecrets, strict, webhookAddress } from './schema-parts.ts'

/** Most addresses of one e-mail. */
const MOST_ADDRESSES = 20

const email = Type.String({
  maxLength: 254,
  pattern: '^[^\\s@,;:<>"()]+@[^\\s@,;:<>"()]+$',
  description: 'an e-mail address',
  $comment: 'an e-mail address, such as operations@example.com',
})

/** A recipient: who is notified of which causes, and how. */
export const recipientSchema = Type.Object(
  {
    kind: Type.Literal('recipient'),
    enabled: enabled('it gets no notifications'),
    id: id('id of the recipient, different from ids of systems'),
    email: Type.Optional(filledList(email, MOST_ADDRESSES, 'e-mail addresses; exactly one of email and webhook')),
    webhook: Type.Optional(webhookAddress('address that notifications are posted to, signed by Standard Webhooks')),
    secrets: Type.Optional(signingSecrets),
    connections: idList('connection', 'connections it is notified of; by default all, and causes without a connection'),
    systems: idList('system', 'systems whose error messages it may see; by default all, or none with connections'),
    causes: Type.Optional(
      filledList(
        Type.Enum([...notificationCauses]),
        notificationCauses.length,
        `causes it is notified of: ${notificationCauses.join(', ')}; all by default`,
      ),
    ),
    remindHours: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 720,
        description: 'hours between reminders of a cause that is still open; 24 by default',
      }),
    ),
  },
  { ...strict, title: 'Recipient' },
)
