import fc from 'fast-check'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import type { VendorOrderRequested } from '../../../src/events/generated/events.ts'
import { recordKey } from '../../../src/events/topics.ts'
import { noteCall } from '../../../src/platform/recorded-calls.ts'
import { attemptsOfEvent } from '../../../src/processors/delivery/order-calls.ts'
import { recordedSink } from '../../../src/processors/delivery/recorded-sink.ts'
import { sinkTables } from '../../../src/processors/tables.ts'
import { connectionOf, lineOf, orderOf, vendorOrder } from '../../data/processor-events.ts'
import { memoryTables } from '../../memory/tables.ts'
import { wallClock } from '../../worlds/sources.ts'

/** A value that is known again wherever a part of it stands. */
const MARK = /qx/i
const value = fc
  .string({ unit: fc.constantFrom(...'abcdeéŁñ0123\'"&/<\\ -'), minLength: 1, maxLength: 24 })
  .map((text) => `Qx${text}Qx`)

const html = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** Ways in which systems quote what they were sent. */
const quoted: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text.toUpperCase(),
  (text) => text.normalize('NFD').replace(/\p{M}/gu, ''),
  (text) => encodeURIComponent(text),
  (text) => encodeURIComponent(text).replaceAll('%20', '+'),
  (text) => html(text),
  (text) => html(text).replaceAll("'", '&#039;'),
  (text) => text.replaceAll("'", "''"),
  (text) => JSON.stringify({ detail: `no: ${text}` }),
  (text) => `line one\n${text}\nline three`,
  (text) => `a=1%20${encodeURIComponent(text)}%20b`,
  (text) => `{"half": "x\\n${JSON.stringify(text).slice(1, -1)}", "cut`,
]

/** Bodies in which systems do so. */
const bodies: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => `<html><body>${text}</body></html>`,
  (text) => JSON.stringify({ title: `The value "${text}" is not valid` }),
  (text) => JSON.stringify({ errors: [{ detail: [text, { deep: `x ${text}, y` }] }] }),
  (text) => JSON.stringify({ [text]: 1 }),
  (text) => JSON.stringify({ status: 1, raw: JSON.stringify({ q: text }) }),
]

interface Person {
  readonly firstName: string
  readonly lastName: string
  readonly street: string
  readonly city: string
  readonly note: string
  readonly field: string
}

const persons: fc.Arbitrary<Person> = fc.record({
  firstName: value,
  lastName: value,
  street: value,
  city: value,
  note: value,
  field: value,
})

const EMAIL = 'qx.zoe+1@example.com'

function eventOf({ firstName, lastName, street, city, note, field }: Person): VendorOrderRequested {
  const plain = orderOf([lineOf('1', 'A-1')])
  const billingAddress = { ...plain.billingAddress, firstName, lastName, street: [street], city }
  const attributes = { customer_note: JSON.stringify(note) }
  const data = { ...plain, customerEmail: EMAIL, billingAddress, attributes }
  return { ...vendorOrder('a', '1', data), fields: { custbody_who: JSON.stringify(field) } }
}

it('no value of the person of an order is in a kept row, whatever is sent and quoted', async () => {
  await fc.assert(
    fc.asyncProperty(
      persons,
      fc.array(fc.tuple(fc.nat(6), fc.nat(quoted.length - 1), fc.nat(bodies.length - 1)), {
        minLength: 1,
        maxLength: 6,
      }),
      async (person, wishes) => {
        const values = [...Object.values(person), EMAIL]
        const texts = wishes.map(([which, how, where]) => {
          const quote = quoted[how] ?? String
          return (bodies[where] ?? String)(quote(values[which] ?? ''))
        })
        const tables = memoryTables(sinkTables)
        const deps = { tables, clock: wallClock, logger: pino({ level: 'silent' }) }
        const sink = recordedSink<'vendor-orders'>(
          'deliver-erp',
          {
            kind: 'vendor-orders',
            naturalKey: true,
            async deliver(_event, _connection, signal) {
              const call = { at: 1, method: 'PUT', status: 400, ms: 1, error: null }
              for (const text of texts) noteCall(signal, { ...call, address: 'erp/x', request: text, answer: text })
              return { outcome: 'written', targetId: null }
            },
          },
          deps,
        )
        const event = eventOf(person)
        const before = { targetId: null, unclear: false }
        await sink.deliver(event, connectionOf('a', '^A'), new AbortController().signal, before)
        const attempts = await attemptsOfEvent(
          tables,
          { order: recordKey('magento', '1'), event_id: event.eventId },
          { after: '', to: '9' },
        )
        expect(attempts[0]?.calls).toHaveLength(texts.length)
        expect(JSON.stringify(attempts)).not.toMatch(MARK)
      },
    ),
    { numRuns: 200 },
  )
})
