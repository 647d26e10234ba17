import { expect, it } from 'vitest'
import { StreamError } from '../../../../src/errors.ts'
import { type TopicKind, topics } from '../../../../src/events/topics.ts'
import { holdsPersonal, MASK, maskPersonal, shownEvent } from '../../../../src/platform/registry/personal-fields.ts'
import { withoutPersonal, withoutPersonalOf } from '../../../../src/platform/registry/personal-texts.ts'
import { lineOf, orderChanged, orderOf, vendorOrder } from '../../../data/processor-events.ts'

const address = {
  firstName: 'Zoë',
  lastName: "O'Łukasz",
  company: 'Łukasz & Sons',
  street: ['1 Main St', 'Unit 2'],
  city: 'Austin',
  region: 'Texas',
  regionCode: 'TX',
  postalCode: '78701',
  countryCode: 'US',
  phone: '+1 555 0100',
  email: null,
  namePrefix: null,
  middleName: null,
  nameSuffix: null,
  vatNumber: null,
}
const order = orderChanged(
  orderOf([lineOf('1', 'A-1', { name: 'Jacket', attributes: { gift_message: '"For my Ada"', size: '"XL"' } })], {
    customerId: '77',
    customerEmail: 'Zoe@Example.com',
    billingAddress: address,
    shippingAddress: address,
    attributes: { remote_ip: '"203.0.113.9"', customer_note: '"Ring twice, please; the bell of the blue door"' },
  }),
  { raw: JSON.stringify({ customer_firstname: 'Zoë', customer_taxvat: 'DE123456789', status: 'processing' }) },
)

const personal = [
  ...['Zoë', "O'Łukasz", 'Łukasz & Sons', '1 Main St', 'Unit 2', 'Austin', '78701', '+1 555 0100', 'Zoe@Example.com'],
  ...['Ada', 'XL', '203.0.113.9', 'Ring twice', 'DE123456789'],
]

it('only kinds of orders, fulfilments and dead letters hold what says something of a person', () => {
  const kinds: readonly TopicKind[] = topics.map(({ kind }) => kind)
  expect(kinds.filter(holdsPersonal).toSorted()).toEqual(
    ['dead-letters', 'fulfilments', 'orders', 'shop-fulfilments', 'vendor-orders'].toSorted(),
  )
})

it('masks every marked field, however deep, and keeps the rest and the shape', () => {
  const shown = shownEvent('orders', order, false)
  const text = JSON.stringify(shown)
  expect(personal.filter((value) => text.includes(value))).toEqual([])
  expect(shown).toMatchObject({
    key: order.key,
    raw: MASK,
    data: {
      orderNumber: '000000001',
      customerId: MASK,
      customerEmail: MASK,
      billingAddress: { firstName: MASK, street: [MASK, MASK], regionCode: 'TX', countryCode: 'US', email: null },
      lines: [{ sku: 'A-1', name: 'Jacket', rowTotal: '10', attributes: { gift_message: MASK, size: MASK } }],
      attributes: { remote_ip: MASK, customer_note: MASK },
    },
  })
  expect(JSON.stringify(shownEvent('orders', order, true))).toContain('Ring twice')
})

it('masks what the vendor is to have, its own fields too', () => {
  const event = { ...vendorOrder('c1', '100'), data: order.data, fields: { custbody_who: '"Zoë"' } }
  const shown = shownEvent('vendor-orders', event, false)
  expect(shown).toMatchObject({ connection: 'c1', fields: { custbody_who: MASK }, data: { customerEmail: MASK } })
})

it('takes any schema, also with a record that another field declares', () => {
  const person = { type: 'record', name: 'Person', fields: [{ name: 'name', type: 'string', personal: true }] }
  const schema = {
    type: 'record',
    name: 'Both',
    fields: [
      { name: 'a', type: person },
      { name: 'b', type: ['null', { type: 'array', items: 'Person' }] },
      { name: 'c', type: 'string' },
    ],
  }
  expect(maskPersonal(schema, { a: { name: 'x' }, b: [{ name: 'y' }, { name: '' }], c: 'z' })).toEqual({
    a: { name: MASK },
    b: [{ name: MASK }, { name: '' }],
    c: 'z',
  })
})

const maskedText = (text: string) =>
  withoutPersonal('orders', order, new StreamError('target_rejected', text, { details: { body: text } }))

it.each([
  ['The name "Zoë" is not valid', 'The name "[personal]" is not valid'],
  ["name ZOË O'ŁUKASZ is taken", 'name [personal] [personal] is taken'],
  ['zoe@example.com has no account', '[personal] has no account'],
  ['GET /customers?email=Zoe%40Example.com answered 400', 'GET /customers?email=[personal] answered 400'],
  ['note: Ring twice, please; the be…', 'note: [personal]…'],
  ['{"note":"For my Ada"}', '{"note":"[personal]"}'],
  ['from 203.0.113.9, zip 78701, VAT DE123456789', 'from [personal], zip [personal], VAT [personal]'],
  ['the name Zoe is taken', 'the name [personal] is taken'],
  ['{"name":"Zo\\u00eb"}', '{"name":"[personal]"}'],
  ["LastName eq 'O''Łukasz'", "LastName eq '[personal]'"],
  ['<b>O&#039;Łukasz</b> of Łukasz &amp; Sons', '<b>[personal]</b> of [personal]'],
  ['q=1+Main+St&r=%c5%81ukasz%20%26%20Sons', 'q=[personal]&r=[personal]'],
  ['phone 15550100 is taken', 'phone [personal] is taken'],
])('an error says nothing of the person: %s', (text, expected) => {
  const error = maskedText(text)
  expect(error.message).toBe(expected)
  expect(error.details).toEqual({ body: expected })
  expect(error.stack).not.toContain(text)
})

it.each([
  'item A-1 is inactive; order 000000001 waits',
  'status processing is not known in TX, US',
  'line 77: Jacket has 1 of 1',
  'the streets of Austintown',
])('and keeps what is not of the person: %s', (text) => expect(maskedText(text).message).toBe(text))

it('masks the field, where a system names what it was sent instead of one', () => {
  const mistakes = [{ field: 'Zoë', message: 'no' }]
  const error = new StreamError('request_invalid', 'no', { field: "body.O'Łukasz", mistakes })
  expect(withoutPersonal('orders', order, error)).toMatchObject({
    field: 'body.[personal]',
    mistakes: [{ field: '[personal]', message: 'no' }],
  })
})

it('keeps code, field and policy, and masks the cause', () => {
  const cause = new Error('Zoë was sent')
  const error = new StreamError('configuration_invalid', 'no', { cause, field: 'x', retryAfterMs: 5 })
  const own = withoutPersonal('orders', order, error)
  expect(own).toMatchObject({ code: 'configuration_invalid', policy: 'pause', field: 'x', retryAfterMs: 5 })
  expect((own.cause as Error).message).toBe('[personal] was sent')
  expect((own.cause as Error).stack).not.toContain('Zoë')
})

it('leaves an error of an entity that is of no person as it is', () => {
  const error = new StreamError('source_data_invalid', 'no')
  expect(withoutPersonalOf('products', '{"name":"no"}', error)).toBe(error)
})

it('masks what an unreadable order quotes, by the names that the source gives its fields', () => {
  const raw = JSON.stringify({
    increment_id: '100',
    grand_total: 'abcd',
    billing_address: { firstname: 'Ada', street: ['5 Elm Row'] },
  })
  const error = new StreamError('source_data_invalid', 'order 100: "abcd" of Ada, 5 Elm Row, is no decimal')
  expect(withoutPersonalOf('orders', raw, error).message).toBe(
    'order 100: "abcd" of [personal], [personal], is no decimal',
  )
})
