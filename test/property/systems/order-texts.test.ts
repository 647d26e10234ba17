import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Address } from '../../../src/events/generated/events.ts'
import { stringifyExact } from '../../../src/platform/json.ts'
import { customerBody, salesOrder } from '../../../src/systems/netsuite/order-body.ts'
import { partnerTexts } from '../../../src/systems/sap-b1/customers.ts'
import { orderAmounts } from '../../../src/systems/sap-b1/order-amounts.ts'
import { sapOrder } from '../../../src/systems/sap-b1/order-body.ts'
import { orderSettings } from '../../../src/systems/sap-b1/order-settings.ts'
import { settings as sapSettings } from '../../../src/systems/sap-b1/settings.ts'
import { connectionOf, lineOf, orderOf, vendorOrder } from '../../data/processor-events.ts'
import { valuesOf } from '../../worlds/settings.ts'

const word = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('Straße', '😀', '👨‍👩‍👧‍👦', '\ud83d', '東京都'),
)
const text = fc.option(
  fc.array(word, { maxLength: 30 }).map((words) => words.join(' ')),
  { freq: 2 },
)
const address: fc.Arbitrary<Address> = fc.record({
  firstName: text,
  lastName: text,
  company: text,
  street: fc.array(
    text.map((line) => line ?? ''),
    { maxLength: 4 },
  ),
  city: text,
  region: text,
  regionCode: text,
  postalCode: text,
  countryCode: fc.constantFrom(null, 'US', 'PL', 'GB', 'XX'),
  phone: text,
  email: fc.constant(null),
  namePrefix: text,
  middleName: text,
  nameSuffix: text,
  vatNumber: text,
})

/** As the documentation of either system has them; written here again, so that a limit that is raised by mistake is seen. */
const LONGEST: Readonly<Record<string, number>> = {
  addressee: 83,
  attention: 83,
  addr1: 150,
  addr2: 150,
  addr3: 150,
  city: 50,
  state: 30,
  zip: 36,
  addrPhone: 32,
  salutation: 30,
  firstName: 32,
  middleName: 32,
  lastName: 32,
  email: 254,
  phone: 32,
  memo: 999,
  otherRefNum: 45,
  Street: 100,
  Block: 100,
  City: 100,
  ZipCode: 20,
  County: 100,
  State: 3,
  Address2: 50,
  Address3: 50,
  CardName: 100,
  EmailAddress: 100,
  Phone1: 20,
  Comments: 254,
}

function tooLong(body: unknown): readonly string[] {
  if (typeof body !== 'object' || body === null) return []
  return Object.entries(body).flatMap(([name, value]) => {
    const longest = LONGEST[name.replace(/^(ShipTo|BillTo)/, '')] ?? Number.POSITIVE_INFINITY
    return typeof value === 'string' && value.length > longest ? [name] : tooLong(value)
  })
}

const connection = connectionOf('a', '^A-')
const settings = orderSettings({
  zone: 'UTC',
  settings: valuesOf(sapSettings, { companyDb: 'C', freightExpenseCode: 1 }),
})
const references = { customer: '7', items: new Map(), zone: 'UTC', customPriceLevel: null, discountItem: null }

it('whatever people write, no field is too long, no character is halved, and what was cut is told', () => {
  fc.assert(
    fc.property(address, address, text, (shippingAddress, billingAddress, email) => {
      const more = { shippingAddress, billingAddress, customerEmail: email ?? '' }
      const event = vendorOrder('a', '1', orderOf([lineOf('1', 'A-1')], more))
      const toNetSuite = salesOrder(event, connection, { ...references, costs: () => false })
      const parts = { amounts: orderAmounts(event.data), settings, cardCode: 'C1', existing: null }
      const toSap = sapOrder(event, connection, parts)
      for (const { body, shortened } of [toNetSuite, toSap]) {
        const told = String(body['memo'] ?? body['Comments'] ?? '')
        const room = shortened.reduce((sum, one) => sum + one.whole.length + one.what.length + 4, 55)
        if (room < 254) for (const { whole } of shortened) expect(told).toContain(whole)
      }
      const bodies = [toNetSuite.body, toSap.body, customerBody(event, null), partnerTexts(event).fields]
      const json = bodies.map((body) => stringifyExact(body))
      expect(json.flatMap((one) => tooLong(JSON.parse(one)))).toEqual([])
      expect(json.join('')).not.toMatch(/\\ud[89a-f]/)
    }),
    { numRuns: 200 },
  )
})
