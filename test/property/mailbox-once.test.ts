import fc from 'fast-check'
import { expect, it } from 'vitest'
import { StreamError, toStreamError } from '../../src/errors.ts'
import { decimal8 } from '../../src/events/decimal.ts'
import { tableDefinitions } from '../../src/operations/table-definitions.ts'
import type { Posting } from '../../src/platform/mail-posting.ts'
import { asCanceled } from '../../src/processors/delivery/as-canceled.ts'
import { createSentMails } from '../../src/processors/delivery/sent-mails.ts'
import type { SentMails } from '../../src/systems/kit/post-office.ts'
import type { MailboxClient, VendorMail } from '../../src/systems/mailbox/client.ts'
import { settings as declared } from '../../src/systems/mailbox/settings.ts'
import { writeMailboxOrders } from '../../src/systems/mailbox/write-orders.ts'
import { connectionOf, lineOf, orderOf, vendorOrder } from '../data/processor-events.ts'
import { memoryTables } from '../memory/tables.ts'
import { valuesOf } from '../worlds/settings.ts'
import { wallClock } from '../worlds/sources.ts'

const ordered = (quantity: string) =>
  vendorOrder('acme', '1', orderOf([lineOf('1', 'A-1', { quantityOrdered: decimal8(quantity, 'q') })]))
const canceled = asCanceled<'vendor-orders'>(ordered('2'))
const versions = { two: ordered('2'), three: ordered('3'), held: { ...ordered('3'), held: true }, canceled } as const

/** What happens to an e-mail: whether it arrives, and what is known of it. */
const ends = {
  accepted: { arrives: true, answer: 'accepted', dies: false },
  refused: { arrives: false, answer: 'refused', dies: false },
  'answer lost': { arrives: true, answer: 'unclear', dies: false },
  'never arrived': { arrives: false, answer: 'unclear', dies: false },
  'process died after it': { arrives: true, answer: 'accepted', dies: true },
  'process died before it': { arrives: false, answer: 'accepted', dies: true },
} as const
type End = keyof typeof ends

const names = <T extends object>(of: T) => Object.keys(of) as (keyof T)[]
const history = fc.array(
  fc.record({ version: fc.constantFrom(...names(versions)), end: fc.constantFrom(...names(ends)) }),
  { minLength: 1, maxLength: 8 },
)

/** A vendor's inbox, and a process that may die between an e-mail and its note. */
function world() {
  const inbox: VendorMail[] = []
  const next: { end: End } = { end: 'accepted' }
  const sent = createSentMails(memoryTables(tableDefinitions), wallClock)
  let isDead = false
  const dying: SentMails = {
    find: (part) => sent.find(part),
    async keep(part, before, now) {
      if (isDead) throw new StreamError('table_unavailable', 'the process died')
      return await sent.keep(part, before, now)
    },
  }
  const client: MailboxClient = {
    async send(mail): Promise<Posting> {
      const { arrives, answer, dies } = ends[next.end]
      if (arrives) inbox.push(mail)
      isDead = dies
      if (answer === 'accepted') return { end: 'accepted', refusedAddresses: 0 }
      return { end: answer, error: new StreamError('target_unavailable', 'no answer') }
    },
    messageId: (reference, number) => `${reference} ${number}`,
    logo: async () => null,
    deliveries: { sent: dying, linkTo: async () => 'https://waldstream.example/share/wss_x' },
    for: () => client,
    check: async () => ({ date: null }),
  }
  const settings = valuesOf(declared, { seller: 'Maple' })
  const sink = writeMailboxOrders(client, { id: 'acme-erp', settings })
  const connection = connectionOf('acme', '^A')
  const { signal } = new AbortController()
  return {
    inbox,
    /** One attempt; its error code, or null. */
    async attempt(version: keyof typeof versions, end: End) {
      next.end = end
      isDead = false
      const before = { targetId: null, unclear: true }
      return await sink.deliver(versions[version], connection, signal, before).then(
        () => null,
        (error: unknown) => toStreamError(error).code,
      )
    },
  }
}

const isCopy = ({ text }: VendorMail) => text.includes('earlier copy of this e-mail')
const KINDS = { two: /2 × A-1/, three: /3 × A-1/, held: /is on hold/, canceled: /is canceled/ } as const

it('an e-mail comes once, or again as a marked copy, and the last one says what the order is now', async () => {
  await fc.assert(
    fc.asyncProperty(history, async (steps) => {
      const { inbox, attempt } = world()
      for (const { version, end } of steps) await attempt(version, end)
      const { version } = steps.at(-1) ?? { version: 'two' as const }
      // At last the server answers, and people retry what they were asked about.
      let code: string | null = 'none'
      for (let tries = 0; tries < 4 && code !== null && code !== 'order_not_ready'; tries += 1) {
        code = await attempt(version, 'accepted')
      }
      const settled = inbox.length
      expect(await attempt(version, 'accepted')).toBe(code)
      expect(inbox).toHaveLength(settled)
      for (const mails of Map.groupBy(inbox, ({ id }) => id).values()) {
        expect(mails.slice(1).every(isCopy)).toBe(true)
        expect(new Set(mails.map(({ subject }) => subject)).size).toBe(1)
      }
      const last = inbox.at(-1)
      if (last === undefined) expect(['held', 'canceled']).toContain(version)
      else if (code === null) expect(last.text).toMatch(KINDS[version])
    }),
    {
      numRuns: 50,
      // An e-mail in doubt is still in doubt after the next one was refused: it was lost as already sent.
      examples: [
        [
          [
            { version: 'two', end: 'never arrived' },
            { version: 'held', end: 'refused' },
            { version: 'two', end: 'accepted' },
          ],
        ],
      ],
    },
  )
})
