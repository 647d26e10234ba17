/*
 * A place of 16 digits in a stored cursor is a time that no Date can have: it made the status of all subscriptions, the
 * gauges and the notifications fail.
 */
import { deflateRawSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { cursorOf, placesOf, reachedTime } from '../../../../src/operations/outgoing/event-places.ts'
import { subscriptionRows } from '../../../../src/operations/outgoing/subscription-row.ts'
import { listSubscriptions } from '../../../../src/operations/outgoing/subscription-status.ts'
import { everything } from '../../../../src/operations/principal.ts'
import { status } from '../../../../src/operations/status.ts'
import { rowsOf } from '../../../../src/platform/dynamodb/rows.ts'
import { subscriptionWith } from '../../../data/subscriptions.ts'
import { outgoingWorld } from '../../../worlds/outgoing-world.ts'

const boss = everything({ kind: 'cli', name: 'boss' })
const cursorWith = (more: object) =>
  deflateRawSync(JSON.stringify({ v: 1, t: 0, o: {}, s: {}, ...more })).toString('base64url')
const stockAt = (position: string) => ({ s: { c: { erp: { 0: position } } } })

it.each([
  ['a place of 16 digits', { o: { 'connection#c': '9999999999999999' } }],
  ['a place of 14 digits', { o: { 'connection#c': '99999999999999' } }],
  ['a position of 16 digits', stockAt('9999999999999999-00000000000000000001')],
  ['a position with a short offset', stockAt('000000000000001-1')],
  ['a start that is no time', { t: 1e300 }],
])('a cursor with %s is refused', (_what, more) => {
  expect(() => placesOf(cursorWith(more))).toThrow(expect.objectContaining({ code: 'cursor_invalid' }))
})

it('the latest possible place is a time', () => {
  const places = placesOf(cursorWith({ o: { 'connection#c': '999999999999999#orders#0-1#0000' } }))
  expect(reachedTime(placesOf(cursorOf(places)))).toBe('+033658-09-27T01:46:39.999Z')
})

it('an unreadable cursor is the failure of its own subscription only', async () => {
  const webhook = 'https://hooks.example/x'
  const subscriptions = ['good', 'bad'].map((id) => subscriptionWith(id, { webhook }))
  const { tables, operations } = await outgoingWorld(subscriptions)
  const cursor = cursorWith({ o: { 'connection#c': '9999999999999999' } })
  await rowsOf(tables, subscriptionRows).update({ subscription: 'bad' }, { set: { cursor } })
  const byId = Object.fromEntries((await listSubscriptions(operations, boss)).map((one) => [one.subscription, one]))
  expect(byId).toMatchObject({
    good: { state: 'ok', reached_at: expect.any(String), failing: null },
    bad: {
      state: 'failing',
      reached_at: null,
      cursor: null,
      failing: { code: 'cursor_invalid', fix: expect.stringContaining('waldstream subscriptions replay bad --from') },
    },
  })
  expect((await status(operations, boss)).subscriptions).toMatchObject([{ subscription: 'bad' }])
})
