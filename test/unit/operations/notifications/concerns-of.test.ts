import { expect, it } from 'vitest'
import { notificationCauses } from '../../../../src/configuration/model.ts'
import { concernsOf } from '../../../../src/operations/notifications/concerns-of.ts'
import type { ConnectionStatus, Flow, Status } from '../../../../src/operations/status.ts'

const none = { count: 0, more: false, since: null }
const duration = { count: 0, p50: null, p95: null }
const read = {
  read: 'shop.orders.all',
  last_good: '2026-11-29T06:00:00.000Z',
  age: 7_200,
  problem: null,
  failed: null,
  overdue: true,
  enabled: true,
}
const flow: Flow = {
  entity: 'orders',
  reads: [read],
  processing: { count: 4, more: false, since: '2026-11-29T07:00:00.000Z' },
  late: 3,
  waiting: none,
  waits: [],
  failed: none,
  times: { end_to_end: duration, freshness: duration },
}
const circuit = {
  since: '2026-11-29T07:30:00.000Z',
  code: 'target_unavailable',
  message: 'POST erp.example answered 503',
  next_try: null,
  processes: 1,
  stages: ['deliver-erp'],
  fix: 'bring erp back',
}
const failure = {
  group: '25c9d5f105080966',
  stage: 'deliver-erp',
  code: 'target_rejected',
  field: 'items',
  message: 'no item',
  count: 1,
  last_at: '2026-11-29T02:00:00.000Z',
  fix: 'waldstream dead-letters show d-1',
}
const halt = {
  stage: 'deliver-erp',
  connection: 'a',
  since: '2026-11-29T01:30:00.000Z',
  code: 'credentials_refused',
  message: 'refused',
  until: null,
  fix: 'waldstream pauses resume deliver-erp a',
}
const pull = {
  feed: 'inventory',
  reader: 'k1',
  name: 'the shop',
  source: null,
  at: '2026-11-29T06:00:00.000Z',
  age: 7_200,
  rows: 5,
  complete: true,
  from: null,
  up_to: null,
  lag: null,
}

type Looked = Pick<Status, 'connections' | 'failures' | 'subscriptions'>

function statusOf(...connections: readonly Partial<ConnectionStatus>[]): Looked {
  const whole = connections.map((one) => ({
    connection: 'a',
    shop: 'shop',
    vendor: 'erp',
    healthy: false,
    enabled: true,
    flows: [],
    paused: [],
    held_orders: none,
    failures: [],
    pulls: [],
    oversold: [],
    ends: [],
    ...one,
  }))
  const subscriptions = [] as unknown as Status['subscriptions']
  return { connections: whole as unknown as Status['connections'], failures: [], subscriptions }
}

const failing = { since: '2026-11-29T08:15:00.000Z', code: 'timed_out', message: 'no answer', fix: 'resume it' }
const unsent = { subscription: 'seller', connections: null, shops: ['shop'], state: 'failing', failing }
const unsentTo = (more: object) => [{ ...unsent, ...more }] as unknown as Status['subscriptions']

const ends = [{ system: 'erp', circuit, calls: [] }]
const oversold = [
  { sku: 'A-1', since: '2026-11-29T06:00:00.000Z', held_until: '2026-11-29T10:00:00.000Z' },
  { sku: 'A-2', since: '2026-11-29T06:00:00.000Z', held_until: null },
]
const all = { flows: [flow], paused: [halt], failures: [failure], pulls: [pull], oversold, ends }

it('finds each cause in a status, with what is wrong and what to do', () => {
  const found = concernsOf({ ...statusOf(all), subscriptions: unsentTo({}) })
  const causes = new Set(found.map(({ cause }) => cause))
  expect([...causes].toSorted()).toEqual([...notificationCauses].toSorted())
  expect(found.map(({ title }) => title)).toEqual([
    'erp does not answer: target_unavailable',
    'paused at deliver-erp: credentials_refused',
    '3 orders are late',
    '1 record failed at deliver-erp: target_rejected (items)',
    'the read shop.orders.all is overdue',
    'the shop has stopped pulling inventory',
    'erp canceled A-1 for lack of stock',
    'more of A-2 was ordered than erp has',
    'the subscription seller does not receive its events: timed_out',
  ])
  expect(found.find(({ cause }) => cause === 'failed')).toMatchObject({
    key: 'failed 25c9d5f105080966',
    connections: ['a'],
    fix: 'waldstream dead-letters show d-1',
    page: '/problems/25c9d5f105080966',
  })
})

it('finds what several connections share once, with all of them', () => {
  const found = concernsOf(statusOf({ ends }, { connection: 'b', ends }))
  expect(found).toMatchObject([{ key: 'circuit_open erp', connections: ['a', 'b'] }])
})

it('finds nothing in what is well, switched off, held on purpose, or pulled by nobody for a week', () => {
  const fine = { ...flow, late: 0, reads: [{ ...read, overdue: false }] }
  const held = { ...halt, code: 'held' }
  const pulls = [
    { ...pull, age: 3_600 },
    { ...pull, age: 604_800 },
  ]
  expect(concernsOf(statusOf({ flows: [fine], paused: [held], pulls }, { ...all, enabled: false }))).toEqual([])
})

it('says what is of no single connection, too', () => {
  expect(concernsOf({ ...statusOf(), failures: [failure] })).toMatchObject([{ cause: 'failed', connections: [] }])
})

it('says which connections a subscription lacks events of', () => {
  const of = (more: object) =>
    concernsOf({ ...statusOf({}, { connection: 'b', shop: 'other' }), subscriptions: unsentTo(more) })
  expect(of({})).toMatchObject([{ cause: 'events_not_received', connections: ['a'], since: failing.since }])
  expect(of({ shops: null })).toMatchObject([{ connections: ['a', 'b'] }])
  expect(of({ shops: null, connections: ['b'], state: 'paused' })).toMatchObject([
    { title: 'the subscription seller is paused: timed_out', connections: ['b'] },
  ])
})

it('cuts what a system answers at length', () => {
  const [found] = concernsOf(statusOf({ failures: [{ ...failure, message: 'x'.repeat(5_000) }] }))
  expect(found?.detail).toHaveLength(300)
})
