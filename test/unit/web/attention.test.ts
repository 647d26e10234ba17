import { expect, it } from 'vitest'
import type { CalledSystem } from '../../../src/operations/called-systems.ts'
import type { ConnectionStatus, Flow, Status } from '../../../src/operations/status.ts'
import { attentionOf, entityOfStage, unreadEntities } from '../../../web/src/pages/overview/attention.ts'

const none = { count: 0, more: false, since: null }
const read = {
  read: 'erp.products.all',
  last_good: '2026-11-29T01:00:00.000Z',
  age: 60,
  problem: null,
  failed: null,
  overdue: false,
  enabled: true,
}
const flowOf = (over: { readonly problem?: string; readonly enabled?: boolean }): Flow => ({
  entity: 'products',
  reads: [{ ...read, ...over }],
  processing: none,
  late: 0,
  waiting: none,
  waits: [],
  failed: none,
  times: { end_to_end: { count: 0, p50: null, p95: null }, freshness: { count: 0, p50: null, p95: null } },
})
const failure = {
  group: '25c9d5f105080966',
  stage: 'deliver-erp',
  code: 'target_rejected',
  field: null,
  message: 'no',
  count: 2,
  last_at: '2026-11-29T02:00:00.000Z',
  fix: '',
}
const halt = {
  stage: 'route-orders',
  connection: '*',
  since: '2026-11-29T01:30:00.000Z',
  code: 'held',
  message: 'm',
  until: null,
  fix: '',
}
const connection = (id: string, over: Partial<ConnectionStatus> = {}): ConnectionStatus => ({
  connection: id,
  shop: 'shop',
  vendor: 'erp',
  healthy: false,
  enabled: true,
  flows: [],
  paused: [],
  held_orders: { count: 0, more: false, since: null },
  failures: [],
  pulls: [],
  oversold: [],
  ends: [],
  ...over,
})
const statusOf = (connections: readonly ConnectionStatus[], over: Partial<Status> = {}) =>
  ({
    healthy: false,
    connections,
    unusable: [],
    failures: [],
    unreached: [],
    subscriptions: [],
    complete: true,
    ...over,
  }) as Status

it('names first the connections that do not run', () => {
  const unusable = [
    { connection: 'a', problem: 'unreadable', stock: 'zero', fix: 'apply it again' },
    { connection: 'b', problem: 'removed', stock: 'hold', fix: 'end that' },
  ] as readonly object[] as Status['unusable']
  expect(attentionOf(statusOf([connection('c', { paused: [halt] })], { unusable }))).toMatchObject([
    { connection: 'a', tone: 'bad', message: expect.stringContaining('the policy zero: apply it again') },
    { connection: 'b', tone: 'warn', title: expect.stringContaining('was removed') },
    { pause: { stage: 'route-orders' } },
  ])
})

it('names pauses before failures before reads, each with the one thing that helps', () => {
  const flows = [flowOf({ problem: 'target_unavailable: 503' })]
  const found = attentionOf(statusOf([connection('a', { flows, failures: [failure], paused: [halt] })]))
  expect(found).toMatchObject([
    { pause: { stage: 'route-orders', connection: '*' }, connection: '*', href: null },
    { title: 'The system refuses the content: 2 records', href: '/problems/25c9d5f105080966', pause: null },
    { tone: 'warn', message: 'target_unavailable: 503', since: read.last_good },
  ])
})

it('says once what several connections share', () => {
  const flows = [flowOf({ problem: 'timed_out' })]
  const shared = { flows, paused: [halt] }
  expect(attentionOf(statusOf([connection('a', shared), connection('b', shared)]))).toHaveLength(2)
})

const wait = { stage: 'deliver-erp', code: 'item_missing', message: 'no item X', count: 2, since: read.last_good }

it('has what waits, with why and since when, but not what somebody holds or a pause says', () => {
  const waiting = (over: Partial<typeof wait>): Flow => ({
    ...flowOf({}),
    entity: 'orders',
    waits: [{ ...wait, ...over }],
  })
  expect(attentionOf(statusOf([connection('a', { flows: [waiting({})] })]))).toMatchObject([
    {
      tone: 'warn',
      connection: 'a',
      title: 'Waiting orders (2): the target does not know an item',
      message: 'no item X',
      since: read.last_good,
      href: '/problems/waiting?connection=a',
    },
  ])
  const held = connection('a', { flows: [waiting({ code: 'order_held' }), waiting({ code: 'held_back' })] })
  expect(attentionOf(statusOf([held]))).toEqual([])
  const paused = connection('a', { flows: [waiting({})], paused: [{ ...halt, stage: 'deliver-erp' }] })
  expect(attentionOf(statusOf([paused]))).toMatchObject([{ pause: { stage: 'deliver-erp' } }])
})

it('has nothing of what is well, or switched off', () => {
  const flows = [flowOf({}), flowOf({ problem: 'timed_out', enabled: false })]
  expect(attentionOf(statusOf([connection('a', { flows, healthy: true })]))).toEqual([])
})

it('names what was never read whole, once, without what is switched off', () => {
  const never = (entity: string, enabled = true): Flow => ({
    ...flowOf({}),
    entity,
    reads: [{ ...read, last_good: null, age: null, enabled }],
  })
  const flows = [flowOf({}), never('images'), never('inventory', false)]
  const connections = [
    connection('a', { flows }),
    connection('b', { flows }),
    connection('c', { enabled: false, flows: [never('orders')] }),
  ]
  expect(unreadEntities(statusOf(connections))).toEqual(['images'])
})

it('has what could not be routed, by its stage', () => {
  const found = attentionOf(statusOf([], { failures: [{ ...failure, stage: 'map-inventory' }] }))
  expect(found).toMatchObject([{ connection: 'map-inventory', href: '/problems/25c9d5f105080966' }])
})

it.each([
  ['deliver-netsuite', 'orders'],
  ['route-orders', 'orders'],
  ['map-products', 'products'],
  ['deliver-magento:shop-fulfilments', 'fulfilments'],
  ['deliver-magento:shop-inventory', 'inventory'],
  ['reads', null],
])('the stage %s is of %s', (stage, entity) => {
  expect(entityOfStage(stage)).toBe(entity)
})

const answering: CalledSystem = { system: 'erp', circuit: null, calls: [] }
const circuit = {
  since: '2026-11-29T01:00:00.000Z',
  code: 'target_unavailable',
  message: 'POST /orders answered 503',
  next_try: null,
  processes: 1,
  stages: ['deliver-erp'],
  fix: '',
}

it('has a system that does not answer first, once for all connections, with its cause and the way out', () => {
  const ends = [answering, { ...answering, system: 'erp-2', circuit }]
  const found = attentionOf(statusOf([connection('a', { ends, paused: [halt] }), connection('b', { ends })]))
  expect(found).toMatchObject([
    {
      tone: 'bad',
      title: 'erp-2 does not answer',
      message: expect.stringMatching(/^Bring it back: .* POST \/orders answered 503$/),
      since: circuit.since,
      href: '/systems/erp-2',
      scope: 'configure',
    },
    { pause: { stage: 'route-orders' } },
  ])
})

it('has an account that is left alone for long, and not one that is for a moment', () => {
  const use = { part: null, in_use: 0, at_once: 4, waiting: 2, minute: null }
  const now = Date.parse('2026-11-29T01:00:00.000Z')
  const left = (until: string | null) => {
    const calls = [{ ...use, left_alone_until: until }]
    return attentionOf(statusOf([connection('a', { ends: [{ ...answering, calls }] })]), now)
  }
  expect(left(null)).toEqual([])
  expect(left('2026-11-29T01:00:59.000Z')).toEqual([])
  expect(left('2026-11-29T01:04:00.000Z')).toMatchObject([
    { tone: 'warn', title: 'erp is rate limiting', pause: null, href: '/systems/erp' },
  ])
})

it('asks nobody for anything about a connection that is switched off', () => {
  const ends = [{ ...answering, circuit }]
  expect(attentionOf(statusOf([connection('a', { enabled: false, ends })]))).toEqual([])
})
