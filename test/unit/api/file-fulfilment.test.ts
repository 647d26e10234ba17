import { expect, it } from 'vitest'
import { decimal8 } from '../../../src/events/decimal.ts'
import { applyConfiguration } from '../../../src/operations/configuration.ts'
import { createKey, type keyScopes } from '../../../src/operations/keys.ts'
import { everything } from '../../../src/operations/principal.ts'
import { routeFulfilments } from '../../../src/processors/route-fulfilments.ts'
import { contextOf, lineOf } from '../../data/processor-events.ts'
import { sharedConfiguration, sharedOrder } from '../../worlds/shared-order.ts'
import { readOf } from '../../worlds/sources.ts'

const boss = everything({ kind: 'cli', name: 'boss' })
const ORDER = '/v1/orders/shop/7/fulfilments'
const three = lineOf('1', 'ALDER-1', { quantityOrdered: decimal8('3', 'quantity') })

async function world(over: Parameters<typeof sharedOrder>[0] = {}) {
  const api = await sharedOrder({ token: 'the-token', own: three, ...over })
  const keyOf = async (scopes: readonly (typeof keyScopes)[number][]) => {
    const reach = { connections: ['alder'], systems: ['erp-alder'] }
    const { key } = await createKey(api.operations, boss, { name: scopes.join(), scopes, ...reach, expiresAt: null })
    return { authorization: `Bearer ${key}` }
  }
  const vendor = await keyOf(['fulfil'])
  const fulfil = async (body: object, headers: Record<string, string> = {}) =>
    await api.send('POST', ORDER, { connection: 'alder', ...body }, { ...vendor, ...headers })
  const published = async () => {
    const sent = api.control.producer.sent.filter(({ topic }) => topic.endsWith('fulfilments'))
    return await Promise.all(sent.map(({ value }) => api.control.deps.codec.decode('fulfilments', value)))
  }
  const admin = { authorization: 'Bearer the-token' }
  return { ...api, keyOf, fulfil, published, admin }
}

it("publishes a shipment as the vendor's ERP would have said it, once", async () => {
  const { fulfil, published, clock } = await world()
  const body = {
    kind: 'shipment',
    lines: [{ line: '1', quantity: '2' }],
    tracks: [{ number: ' 1Z9 ', carrier: 'ups' }],
  }
  const preview = await fulfil({ ...body, dryRun: true })
  expect(preview).toMatchObject({
    status: 200,
    json: {
      dry_run: true,
      event_id: null,
      shop: 'shop',
      lines: [{ line: '1', sku: 'ALDER-1', quantity: '2', open: '1' }],
      tracks: [{ number: '1Z9', carrier: 'ups' }],
    },
  })
  expect(await published()).toEqual([])
  const first = await fulfil(body)
  clock.time += 5_000
  const again = await fulfil(body)
  expect([first.status, again.status]).toEqual([202, 202])
  expect(again.json).toEqual(first.json)
  expect(preview.json.id).toBe(first.json.id)
  const events = await published()
  expect(events).toMatchObject([
    {
      eventId: first.json.event_id,
      source: 'erp-alder',
      key: first.json.id,
      taskId: null,
      data: {
        kind: 'shipment',
        orderNumber: '7',
        orderReference: 'alder-7',
        lines: [{ sku: 'ALDER-1', lineId: '1' }],
        tracks: [{ number: '1Z9', carrier: 'ups' }],
      },
    },
  ])
  // It is of the vendor's connection, though no read has it.
  const [event] = events
  if (event === undefined) throw new Error('nothing was published')
  const { connections } = sharedConfiguration
  const also = routeFulfilments.alsoFor?.(event, connections) ?? []
  expect(also.map(({ id }) => id)).toEqual(['alder'])
  const { outputs } = await routeFulfilments.process(event, contextOf(...also), undefined)
  expect(outputs).toMatchObject([{ kind: 'shop-fulfilments', system: 'shop', event: { connection: 'alder' } }])
  expect(routeFulfilments.alsoFor?.({ ...event, taskId: 'a read' }, connections)).toEqual([])
})

it('never ships more than is open, also of two that come at once', async () => {
  const { fulfil, published } = await world()
  const ship = (quantity: string, key: string) =>
    fulfil({ kind: 'shipment', lines: [{ line: '1', quantity }] }, { 'idempotency-key': key })
  const both = await Promise.all([ship('2', 'a'), ship('2', 'b')])
  expect(both.map(({ status }) => status).toSorted()).toEqual([202, 400])
  expect(both.find(({ status }) => status === 400)?.json.field).toBe('lines[0].quantity')
  expect((await ship('1', 'c')).status).toBe(202)
  expect(await fulfil({ kind: 'shipment' }, { 'idempotency-key': 'd' })).toMatchObject({
    status: 409,
    json: { field: 'lines' },
  })
  const first = both[0]?.status === 202 ? 'a' : 'b'
  expect((await ship('1', first)).json).toMatchObject({ status: 409, field: 'idempotency-key' })
  expect(await published()).toHaveLength(2)
})

it.each([
  ['a line of another vendor', { lines: [{ line: '2', quantity: '1' }] }, 'lines[0].line'],
  ['too many pieces', { lines: [{ line: '1', quantity: '3.5' }] }, 'lines[0].quantity'],
  [
    'too many in two entries',
    {
      lines: [
        { line: '1', quantity: '2' },
        { line: '1', quantity: '2' },
      ],
    },
    'lines[1].quantity',
  ],
  ['no pieces', { lines: [{ line: '1', quantity: '0' }] }, 'lines[0].quantity'],
  ['pieces that are no number', { lines: [{ line: '1', quantity: '1e3x' }] }, 'lines[0].quantity'],
  ['a parcel without a number', { tracks: [{ number: ' ' }] }, 'tracks[0].number'],
])('refuses %s, naming the field', async (_what, body, field) => {
  const { fulfil, published } = await world()
  expect((await fulfil({ kind: 'shipment', ...body })).json).toMatchObject({ status: 400, field })
  expect(await published()).toEqual([])
})

it('confirms all of the part, and asks for its scope; the audit trail says so', async () => {
  const { fulfil, published, send, keyOf, get, admin } = await world()
  const other = await send(
    'POST',
    ORDER,
    { connection: 'alder', kind: 'confirmation' },
    await keyOf(['observe', 'operate']),
  )
  expect(other.status).toBe(403)
  expect((await fulfil({ kind: 'confirmation', connection: 'birch' })).json).toMatchObject({ status: 404 })
  expect((await fulfil({ kind: 'confirmation', tracks: [{ number: '1' }] })).json).toMatchObject({ field: 'tracks' })
  const { json } = await fulfil({ kind: 'confirmation' })
  expect(json).toMatchObject({ kind: 'confirmation', lines: [{ line: '1', quantity: '3', open: '3' }] })
  expect(await published()).toMatchObject([{ data: { kind: 'confirmation', shippedAt: null, tracks: [] } }])
  expect((await get('/v1/audit?what=order', admin)).json.items).toMatchObject([
    { what: 'order.confirmation', target: '7 of shop', after: { id: json.id, connection: 'alder' } },
  ])
})

it("is refused where the vendor's ERP says what was shipped", async () => {
  const { fulfil, operations, published } = await world()
  const { systems, connections, ...rest } = sharedConfiguration
  const configuration = {
    ...rest,
    systems: systems.map((one) =>
      one.id === 'erp-alder' ? { ...one, reads: [readOf('erp-alder', 'fulfilments', 1)] } : one,
    ),
    connections: connections.map((one) =>
      one.id === 'alder' ? { ...one, reads: [...one.reads, 'erp-alder.fulfilments.all'] } : one,
    ),
  }
  await applyConfiguration(operations, boss, { configuration, reason: null })
  const refused = await fulfil({ kind: 'shipment' })
  expect(refused.json).toMatchObject({ status: 409, field: 'connection' })
  expect(refused.json.detail).toContain('enter the shipment there')
  expect(await published()).toEqual([])
})
