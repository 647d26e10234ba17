import { expect, it } from 'vitest'
import { personalParts } from '../../../../src/platform/persons/personal-parts.ts'
import { lineOf, orderChanged, orderOf } from '../../../data/processor-events.ts'

/*
 * Topics keep what was sealed by releases that knew fewer fields of persons: what is said of a person has no names of fields in it,
 * so fields that came later must not shift those that were there.
 */
const parts = personalParts('orders')
const { billingAddress: address } = orderOf([])
const whole = { ...address, namePrefix: 'Dr.', middleName: 'Maria', nameSuffix: 'Jr.', vatNumber: 'ATU12345678' }
const orderTo = (billingAddress: typeof address) =>
  orderChanged(orderOf([lineOf('1', 'A-1')], { billingAddress, shippingAddress: address }), { raw: '{}' })

/** The fields of the first release that had keys of persons, in its order. */
const before = (billing: typeof address) => {
  const of = ({ firstName, lastName, company, street, city, postalCode, phone, email }: typeof address) => [
    firstName,
    lastName,
    company,
    street,
    city,
    postalCode,
    phone,
    email,
  ]
  const { customerId, customerEmail } = orderTo(billing).data
  return JSON.stringify([customerId, customerEmail, ...of(billing), ...of(address), {}, {}, '{}'])
}

it('an order that says nothing in later fields is sealed as before there were such', () => {
  expect(parts?.takeOut(orderTo(address)).text).toBe(before(address))
})

it('what an earlier release sealed is read, with nothing in later fields', () => {
  const { event } = parts?.takeOut(orderTo(whole)) ?? {}
  parts?.putIn(event, before(address))
  expect(event?.data).toEqual(orderTo(address).data)
})

it('later fields are sealed and read', () => {
  const { event, text = '' } = parts?.takeOut(orderTo(whole)) ?? {}
  expect(JSON.stringify(event?.data.billingAddress)).not.toMatch(/Dr\.|Maria|Jr\.|ATU/)
  parts?.putIn(event, text)
  expect(event).toEqual(orderTo(whole))
})

it('a process of an earlier release can not take them for other fields', () => {
  const { text = '' } = parts?.takeOut(orderTo(whole)) ?? {}
  expect(() => JSON.parse(text) as unknown).toThrow()
})

it('a forgotten order has nothing in later fields, so that its digest is what it was', () => {
  expect(parts?.forget(orderTo(whole)).data).toEqual(parts?.forget(orderTo(address)).data)
})
