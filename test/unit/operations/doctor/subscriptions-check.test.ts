import { expect, it } from 'vitest'
import { subscriptionCheck } from '../../../../src/operations/doctor/subscriptions-check.ts'
import { type SubscriptionRow, subscriptionRows } from '../../../../src/operations/outgoing/subscription-row.ts'
import { SIGNING_KEY } from '../../../data/recipients.ts'
import { subscriptionWith } from '../../../data/subscriptions.ts'

const { signal } = new AbortController()
const hook = subscriptionWith('seller', { webhook: 'https://hooks.example/x' })
const failing = { failing_since: Date.UTC(2026, 0, 31), failure: { code: 'timed_out', message: 'no answer' } }
const rowWith = (more: Partial<SubscriptionRow>) => subscriptionRows.decode({ subscription: 'seller', ...more })

it('says what keeps a subscription from its events', async () => {
  const check = async (subscription: typeof hook, key: string, row?: SubscriptionRow) => {
    const deps = { resolveSecret: async () => key, rowOf: async () => row, now: () => Date.UTC(2026, 1, 1) }
    const [found] = await subscriptionCheck(subscription, deps).run(signal)
    return [found?.level, found?.what, found?.fix]
  }
  expect(await check(hook, SIGNING_KEY)).toEqual(['ok', 'its key can be read', null])
  expect(await check(hook, SIGNING_KEY, rowWith({}))).toEqual(['ok', 'its key can be read', null])
  expect(await check(hook, 'secret')).toEqual(['fail', expect.stringContaining('must be whsec_'), null])
  expect(await check(subscriptionWith('pulled'), '')).toEqual(['ok', 'its events are pulled', null])
  const fix = 'waldstream subscriptions resume seller'
  expect(await check(hook, SIGNING_KEY, rowWith(failing))).toEqual([
    'warn',
    'its events are not acknowledged, since 2026-01-31T00:00:00.000Z: timed_out: no answer',
    fix,
  ])
  const unread = { since: Date.UTC(2026, 0, 31), code: 'row_unreadable', message: 'table x' }
  expect(await check(hook, SIGNING_KEY, rowWith({ unread }))).toEqual([
    'warn',
    'its events cannot be read, since 2026-01-31T00:00:00.000Z: row_unreadable: table x',
    'waldstream doctor',
  ])
  expect(await check(hook, SIGNING_KEY, rowWith({ visible_until: Date.UTC(2026, 0, 31, 23, 55) }))).toEqual([
    'ok',
    'its key can be read',
    null,
  ])
  expect(await check(hook, SIGNING_KEY, rowWith({ visible_until: Date.UTC(2026, 0, 31, 23) }))).toEqual([
    'warn',
    expect.stringMatching(/^its events are not visible, since 2026-01-31T23:00:00.000Z: projector_behind/),
    'waldstream doctor',
  ])
  const failure = { code: 'target_rejected', message: 'answered 422' }
  const events = [{ id: 'evt_1', type: 'order.accepted', timestamp: '2026-01-31T00:00:00.000Z', row: null }] as const
  const key = JSON.stringify(['order', 'shop', '1'])
  const refused = [{ key, events, since: Date.UTC(2026, 0, 31), attempts: 3, due_at: null, failure }]
  expect(await check(hook, SIGNING_KEY, rowWith({ refused }))).toEqual([
    'warn',
    'it refuses events of 1 order or SKU, since 2026-01-31T00:00:00.000Z: target_rejected: answered 422',
    'waldstream subscriptions skip seller --event evt_1 --reason <why>',
  ])
  const paused = await check(hook, SIGNING_KEY, rowWith({ ...failing, paused_at: Date.UTC(2026, 1, 5) }))
  expect(paused).toEqual(['warn', expect.stringMatching(/^it is paused: /), fix])
})
