import { StreamError } from '../../errors.ts'
import { recordKey } from '../../events/topics.ts'
import type { Clock } from '../../platform/clock.ts'
import { expiresAfter, keptDays } from '../../platform/dynamodb/expiry.ts'
import { flag, list, map, nullable, number, oneOf, rowsOf, rowType, text } from '../../platform/dynamodb/rows.ts'
import type { TableDefinition, Tables } from '../../platform/dynamodb/tables.ts'
import {
  type MailedLine,
  type MailedOrder,
  type MailedPart,
  type MailNote,
  type OpenMail,
  type SentMails,
  standings,
} from '../../systems/kit/post-office.ts'

const SENT_MAILS = 'sent_mails'

/** E-mails about orders, one row an order; without texts, addresses and names. */
export const sentMailTables: readonly TableDefinition[] = [
  { name: SENT_MAILS, partitionKey: 'order', expires: 'expires' },
]

interface SentMailRow extends MailedOrder {
  /** connection|shop|number. */
  readonly order: string
  /** Seconds: the row may be removed then. */
  readonly expires: number
}

const lines = list(map<MailedLine>({ line: text, sku: text, quantity: text }))
const noteAttributes = { number, digest: text, standing: oneOf(...standings), lines, address: text }

const sentMailRows = rowType<SentMailRow>(SENT_MAILS, ['order'], {
  order: text,
  sent: nullable(map<MailNote>(noteAttributes)),
  open: nullable(map<OpenMail>({ ...noteAttributes, doubts: number, asked: flag })),
  revision: number,
  expires: number,
})

const NOTHING: MailedOrder = { sent: null, open: null, revision: 0 }

export function createSentMails(tables: Tables, clock: Pick<Clock, 'now'>): SentMails {
  const rows = rowsOf(tables, sentMailRows)
  const keyOf = ({ connection, source, number: key }: MailedPart) => ({ order: recordKey(connection, source, key) })
  return {
    find: async (part) => (await rows.get(keyOf(part))) ?? NOTHING,
    async keep(part, before, { sent, open }) {
      const now = { sent, open, revision: before.revision + 1 }
      const expires = expiresAfter(clock.now(), keptDays.sentMails)
      const asRead =
        before.revision === 0
          ? ({ absent: 'order' } as const)
          : ({ attribute: 'revision', is: '=', value: before.revision } as const)
      if (await rows.put({ ...keyOf(part), ...now, expires }, asRead)) return now
      throw new StreamError('concurrent_change', 'another process is sending an e-mail about this order')
    },
  }
}
