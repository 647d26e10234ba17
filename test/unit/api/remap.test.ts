import { expect, it } from 'vitest'
import { ZERO4 } from '../../../src/events/decimal.ts'
import { createKey } from '../../../src/operations/keys.ts'
import { everything } from '../../../src/operations/principal.ts'
import { loadEntityStates } from '../../../src/processors/entity-states.ts'
import type { RoutedOrder } from '../../../src/processors/route-orders.ts'
import { deadLettered } from '../../data/dead-letters.ts'
import { placed, READ_AT, refusedOrders, rightMap } from '../../worlds/refused-orders.ts'

const PATH = '/v1/dead-letters'
it('sends a refused order as the order map of today makes it, under the mark of its retry', async () => {
  const { get, letters, mapBy, remap, sent } = await refusedOrders()
  await mapBy(rightMap)
  const preview = (await get(`${PATH}/r1/preview?remap=true`)).json
  expect(preview).toMatchObject({
    errors: [],
    changes: [{ field: 'fields.custbody_ship', before: '"X"', after: '"G-1"' }],
  })
  expect((await get(`${PATH}/r1/preview`)).json).toMatchObject({ changes: null })
  expect(await remap('r1')).toEqual({ status: 200, json: { id: 'r1', retry: 1, topic: 't.vendor-orders.erp' } })
  expect(await sent()).toMatchObject([
    {
      topic: 't.vendor-orders.erp',
      key: 'alder|1',
      event: { connection: 'alder', key: '1', readAt: READ_AT, fields: { custbody_ship: '"G-1"' } },
      mark: { letterId: 'r1', attempt: 1, stage: 'deliver-erp', origin: { offset: 42 } },
    },
  ])
  await letters.deliver()
  const { history } = (await get(`${PATH}/r1`)).json
  expect(history.at(-1)).toMatchObject({ what: 'retried', by: 'ann', reason: 'mapped again' })
})

it('sends it as it was mapped where nothing else is asked for', async () => {
  const { mapBy, post, sent } = await refusedOrders()
  await mapBy(rightMap)
  await post(`${PATH}/r1/retry`)
  expect((await sent())[0]?.event.fields).toEqual({ custbody_ship: '"X"' })
})

it('keeps what was mapped anew when that fails too: a plain retry sends it, and not what was mapped before', async () => {
  const { get, letters, mapBy, post, remap, sent, letterOf } = await refusedOrders()
  await mapBy(rightMap)
  await remap('r1')
  const [record] = letters.retried()
  await letters.deliver()
  await letters.project({ ...letterOf('1'), retry: 1, originalValue: record?.value ?? null })
  expect((await get(`${PATH}/r1`)).json).toMatchObject({ state: 'open', event: { fields: { custbody_ship: '"G-1"' } } })
  await post(`${PATH}/r1/retry`)
  const [, again] = await sent()
  expect([again?.event.fields, again?.mark?.attempt]).toEqual([{ custbody_ship: '"G-1"' }, 2])
})

it('retries a group by the map of today, after saying which it would be', async () => {
  const { get, mapBy, post, sent } = await refusedOrders()
  await mapBy(rightMap)
  const { groups } = (await get(`${PATH}?group=true&key=1`)).json
  const asked = { groupId: groups[0].group, remap: true }
  expect((await post(`${PATH}/retry`, { ...asked, dryRun: true })).json.done.toSorted()).toEqual(['r1', 'r2'])
  expect(await sent()).toEqual([])
  expect((await post(`${PATH}/retry`, asked)).json).toMatchObject({
    skipped: [{ id: 'd-alder', code: 'state_conflict' }],
    more: false,
  })
  const fields = (await sent()).map(({ key, event }) => [key, event.fields])
  expect(fields.toSorted()).toEqual([
    ['alder|1', { custbody_ship: '"G-1"' }],
    ['alder|2', { custbody_ship: '"G-1"' }],
  ])
})

it('changes nothing where nothing can be made, and says why and what to do', async () => {
  const { get, letters, letterOf, mapBy, remap, sent, tables } = await refusedOrders()
  await mapBy([{ attribute: 'custbody_ship', from: 'couponCode', required: true }])
  const failed = await remap('r1')
  expect(failed).toMatchObject({ status: 409, json: { code: 'state_conflict', field: 'id' } })
  expect(failed.json.detail).toContain('mapping_failed')
  expect((await get(`${PATH}/r1/preview?remap=true`)).json).toMatchObject({
    verdict: 'it cannot be mapped again',
    changes: null,
    errors: [{ connection: 'alder', message: expect.stringContaining('couponCode') }],
  })
  await mapBy(rightMap)
  const routed = await loadEntityStates<RoutedOrder>(tables, { processor: 'route-orders', partition: 0 }, [
    'shop-alder|2',
  ])
  await routed.write(
    new Map([['shop-alder|2', { version: { occurredAt: null, readAt: READ_AT }, vendors: ['alder'] }]]),
  )
  await letters.project(
    letterOf('3', { isKept: false }),
    { ...letterOf('4'), headers: [] },
    letterOf('5', { source: { ...placed('5'), data: { ...placed('5').data, state: 'canceled' } } }),
    deadLettered({
      deadLetterId: 'r6',
      stage: 'deliver-shop-alder:shop-products',
      topic: 't.shop-products.shop-alder',
      connection: 'alder',
    }),
  )
  for (const [id, why] of [
    ['r3', 'is no longer in t.orders; read it again from the shop'],
    ['r4', 'does not name its source order; replay the order instead'],
    ['r5', 'sends no part of the order to alder'],
    ['r6', 'replay products instead'],
  ] as const) {
    const { status, json } = await remap(id)
    expect([id, status, json.detail]).toEqual([id, 409, expect.stringContaining(why)])
    expect((await get(`${PATH}/${id}`)).json.state).toBe('open')
  }
  expect(await sent()).toEqual([])
})

it('does not send an older version of an order that was read anew since', async () => {
  const { remap, sent, tables } = await refusedOrders()
  const { occurredAt } = placed('2')
  const states = await loadEntityStates<RoutedOrder>(tables, { processor: 'route-orders', partition: 0 }, [
    'shop-alder|2',
  ])
  await states.write(new Map([['shop-alder|2', { version: { occurredAt, readAt: READ_AT + 1 }, vendors: ['alder'] }]]))
  expect((await remap('r2')).json.detail).toContain('a newer version of the order was read since')
  expect(await sent()).toEqual([])
})

it('retries what a processor failed at as ever: a retry of it maps anew', async () => {
  const { letters, remap, get } = await refusedOrders()
  const originalValue = letters.codec.encode('orders', placed('7'))
  await letters.project(
    deadLettered({
      deadLetterId: 'm7',
      stage: 'route-orders',
      topic: 't.orders',
      connection: 'alder',
      originalValue,
      taskId: null,
    }),
  )
  expect((await remap('m7')).json).toMatchObject({ id: 'm7', topic: 't.orders' })
  expect(letters.retried()[0]?.value).toEqual(originalValue)
  expect((await get(`${PATH}/m7`)).json.state).toBe('retrying')
})

it('shows who does not see the shop what is mapped otherwise, but no value of a person and no word of the whole order', async () => {
  const here = await refusedOrders({ token: 'the-token' })
  const boss = everything({ kind: 'cli', name: 'boss' })
  const { key } = await createKey(here.operations, boss, {
    name: 'vendor',
    scopes: ['observe', 'operate'],
    connections: ['alder'],
    systems: [],
    expiresAt: null,
  })
  await here.mapBy(rightMap, 'the-token')
  const bearer = { authorization: `Bearer ${key}` }
  const { json } = await here.get(`${PATH}/r1/preview?remap=true`, bearer)
  expect(json.changes).toEqual([{ field: 'fields.custbody_ship', before: '[personal]', after: '[personal]' }])
  const whole = { ...placed('8').data, subtotal: ZERO4 }
  await here.letters.project(here.letterOf('8', { source: { ...placed('8'), data: whole } }))
  const asked = await here.send('POST', `${PATH}/r8/retry`, { remap: true }, bearer)
  const told = await here.get(`${PATH}/r8/preview?remap=true`, bearer)
  for (const text of [asked.json.detail, told.json.errors[0].message]) {
    expect(text).toContain('the order cannot be divided among its vendors; callers who see the shop see the reason')
  }
})
