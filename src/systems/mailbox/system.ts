import { defineSystem } from '../system.ts'
import { createMailboxClient } from './client.ts'
import { addressProblem, secrets, settingProblems, settings } from './settings.ts'
import { orderFields, writeMailboxOrders } from './write-orders.ts'

const NO_READS = 'nothing is read from a mailbox'
const NO_NOTICES = 'a mailbox sends no notifications; answers come over the page of a link'

/** A vendor with nothing but a mailbox: orders go out as e-mails, answers come over the page of a link. */
export const mailbox = defineSystem({
  type: 'mailbox',
  title: 'Mailbox',
  secrets,
  settings,
  limits: { concurrency: 2 },
  schemes: ['mailto'],
  addressProblem,
  settingProblems,
  connect: createMailboxClient,
  clientFor: (client, kind) => client.for(kind),
  sources: {},
  sinks: {
    'vendor-orders': ({ client, system }) => writeMailboxOrders(client, system),
  },
  orderFields: () => orderFields,
  answersByLink: true,
  faultRows: {
    mailbox: {
      'gateway-page':
        'SMTP has no pages: what is not an answer of SMTP is a broken connection, which `half-an-answer` is',
      'expired-login': 'every e-mail signs in anew',
      'past-the-end': NO_READS,
      'notice-twice': NO_NOTICES,
      'notices-out-of-order': NO_NOTICES,
      'other-zone': 'no times are read',
      'rows-move': NO_READS,
    },
  },
})
