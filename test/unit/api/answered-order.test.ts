import { expect, it, vi } from 'vitest'
import { listFiled } from '../../../src/control/filed-fulfilments.ts'
import { StreamError } from '../../../src/errors.ts'
import { decimal8 } from '../../../src/events/decimal.ts'
import { everything } from '../../../src/operations/principal.ts'
import { createShareLink } from '../../../src/operations/share-links.ts'
import { lineOf } from '../../data/processor-events.ts'
import { sharedOrder } from '../../worlds/shared-order.ts'

const DAY_MS = 86_400_000

async function world(over: Parameters<typeof sharedOrder>[0] = {}) {
  const api = await sharedOrder({
    token: 'the-token',
    own: lineOf('1', 'ALDER-1', { name: 'Alder <table>', quantityOrdered: decimal8('3', 'q') }),
    ...over,
  })
  const part = { source: 'shop', number: '7', connection: 'alder' }
  const wanted = { ...part, expires_at: api.clock.time + 30 * DAY_MS, created_by: 'mail', answers: true }
  const { token } = await api.operations.shares.ensure(wanted, 'key')
  const path = `/share/${token}`
  const open = async (query = '') => await api.app.inject({ url: path + query, remoteAddress: '192.0.2.1' })
  const versionOn = (body: string) => /name="version" value="(\d+)"/.exec(body)?.[1] ?? ''
  const send = async (form: Readonly<Record<string, string>>, to = path) =>
    await api.app.inject({
      method: 'POST',
      url: to,
      remoteAddress: '192.0.2.1',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
    })
  /** Fills in the form on the page as it is now. */
  const answer = async (form: Readonly<Record<string, string>>) =>
    await send({ version: versionOn((await open()).body), ...form })
  const events = () =>
    api.control.producer.sent.filter(({ topic }) => topic.endsWith('.fulfilments')).map(({ value }) => value)
  const fulfilments = async () =>
    await Promise.all(events().map((value) => api.control.deps.codec.decode('fulfilments', value)))
  return {
    ...api,
    path,
    open,
    send,
    answer,
    events,
    fulfilments,
    versionOn,
    admin: { authorization: 'Bearer the-token' },
  }
}

const SHIP = { answer: 'ship', 'quantity.1': '2', carrier: 'UPS', tracking: '1Z9' }

it('is confirmed, shipped in part and shipped whole, without a script', async () => {
  const { open, answer, events, path } = await world()
  const page = await open()
  expect(page.statusCode).toBe(200)
  expect(page.headers['content-security-policy']).toBe(
    "default-src 'none';style-src 'self';font-src 'self';base-uri 'none';form-action 'self';frame-ancestors 'none'",
  )
  expect(page.body).not.toMatch(/<script|USD|10\.00|BIRCH/)
  expect(page.body).toContain('name="quantity.1" inputmode="decimal" autocomplete="off" maxlength="30" value="3"')
  const confirmed = await answer({ answer: 'confirm' })
  expect([confirmed.statusCode, confirmed.headers.location]).toEqual([303, `${path}?done=confirm`])
  expect((await open('?done=confirm')).body).toContain('The seller knows that you will deliver')
  expect((await answer(SHIP)).statusCode).toBe(303)
  const half = (await open('?done=ship')).body
  expect(half).toContain('Shipped in part')
  expect(half).toContain('value="1"')
  expect((await answer({ ...SHIP, 'quantity.1': '1', tracking: '1Z10, 1Z11' })).statusCode).toBe(303)
  const whole = (await open()).body
  expect(whole).not.toContain('<form')
  expect(events()).toHaveLength(3)
})

it('changes nothing twice, and not by a form that another answer has overtaken', async () => {
  const { open, send, events, versionOn, operations } = await world()
  const version = versionOn((await open()).body)
  for (const _ of [1, 2]) expect((await send({ version, ...SHIP })).statusCode).toBe(303)
  const filed = () => listFiled(operations.tables, { connection: 'alder', source: 'shop', number: '7' })
  expect(await filed()).toHaveLength(1)
  const late = await send({ version, ...SHIP, 'quantity.1': '3', carrier: '"<DHL>', tracking: 'T-1' })
  expect(late.statusCode).toBe(409)
  expect(late.body).toContain('The order changed after you opened this page')
  expect(late.body).toContain('value="&quot;&lt;DHL&gt;"')
  expect(late.body).toContain('value="T-1"')
  expect(late.body).toContain('value="3"')
  expect(await filed()).toHaveLength(1)
  expect(new Set(events().map((value) => JSON.stringify(value))).size).toBe(1)
})

it('is not shown as shipped if the shipment could not be published; the form is sent again', async () => {
  const { open, answer, events, control } = await world()
  const sending = vi.spyOn(control.producer, 'send')
  sending.mockRejectedValueOnce(new StreamError('broker_unavailable', 'no broker answers'))
  const failed = await answer(SHIP)
  expect(failed.body).toContain('could not be passed on to the seller')
  expect(failed.body).toContain('value="1Z9"')
  expect((await open()).body).not.toContain('Shipped in part')
  expect((await answer(SHIP)).statusCode).toBe(303)
  expect((await open()).body).toContain('Shipped in part')
  expect(events()).toHaveLength(1)
})

it.each([
  [{ ...SHIP, 'quantity.1': '4' }, 'Only 3 of ALDER-1 are open, not 4.'],
  [{ ...SHIP, 'quantity.1': '1,000' }, 'may be thousands'],
  [{ ...SHIP, 'quantity.1': 'two' }, '“two” is not a quantity'],
  [{ ...SHIP, 'quantity.1': '0' }, 'Enter how many pieces you shipped.'],
  [{ ...SHIP, tracking: '' }, 'Enter the tracking number, or tick that there is none.'],
  [{ ...SHIP, untracked: 'yes' }, 'Which is right?'],
  [{ ...SHIP, tracking: 'x'.repeat(101) }, 'at most 100 characters'],
  [{ answer: 'reject', reason: '  ' }, 'Say why you cannot deliver this order.'],
])('%j is refused with a sentence', async (form, sentence) => {
  const { answer, events } = await world()
  const { statusCode, body } = await answer(form)
  expect([statusCode, events()]).toEqual([409, []])
  expect(body).toContain(sentence)
})

it('is shipped without a tracking number if that is ticked', async () => {
  const { answer, events } = await world()
  expect((await answer({ ...SHIP, tracking: '', untracked: 'yes' })).statusCode).toBe(303)
  expect(events()).toHaveLength(1)
})

it('is rejected with a reason; what was shipped stays', async () => {
  const { answer, open, fulfilments } = await world()
  await answer(SHIP)
  expect((await answer({ answer: 'reject', reason: 'Out of\nstock' })).statusCode).toBe(303)
  const { body } = await open()
  expect(body).toContain('Rest rejected')
  expect(body).not.toContain('<form')
  const alder = { source: 'erp-alder', taskId: null }
  const lineId = '1'
  expect(await fulfilments()).toMatchObject([
    {
      ...alder,
      data: {
        kind: 'shipment',
        orderReference: 'alder-7',
        lines: [{ sku: 'ALDER-1', lineId, quantity: decimal8('2', 'q'), reason: null }],
        tracks: [{ number: '1Z9', carrier: 'UPS' }],
      },
    },
    {
      ...alder,
      data: {
        kind: 'cancellation',
        lines: [{ sku: 'ALDER-1', lineId, quantity: decimal8('1', 'q'), reason: 'Out of stock' }],
        tracks: [],
      },
    },
  ])
})

it('records who answered, and that nothing else could be done with it', async () => {
  const { answer, get, admin, path, operations } = await world()
  await answer({ answer: 'confirm' })
  const [link] = await operations.shares.list('shop', '7')
  const { items } = (await get('/v1/audit?what=order', admin)).json
  expect(items).toMatchObject([
    { what: 'order.confirmation', target: '7 of shop', who: `share link ${link?.id}`, from: '192.0.2.1' },
  ])
  const { steps } = (await get('/v1/orders/shop/7', admin)).json
  expect(steps).toContainEqual(
    expect.objectContaining({ status: 'answer', message: 'confirmation', by: `share link ${link?.id}` }),
  )
  expect(JSON.stringify([items, steps])).not.toContain(path.slice(-43))
})

it('takes no answer over a link that only shows the order, that is over, or that is guessed', async () => {
  const { operations, send, path, events, clock } = await world()
  const by = everything({ kind: 'cli', name: 'boss' })
  const shown = await createShareLink(operations, by, { source: 'shop', number: '7', connection: 'alder', days: 5 })
  expect(shown.answers).toBe(false)
  const form = { version: '0', answer: 'confirm' }
  const viewed = await send(form, shown.path)
  expect([viewed.statusCode, viewed.body]).toEqual([409, expect.stringContaining('only shows the order')])
  expect(viewed.body).not.toContain('<form')
  expect((await send(form, `${path.slice(0, -1)}${path.endsWith('A') ? 'B' : 'A'}`)).statusCode).toBe(404)
  clock.time += 31 * DAY_MS
  expect((await send(form)).statusCode).toBe(410)
  expect(events()).toEqual([])
})

it('takes only forms', async () => {
  const { app, path, send } = await world()
  expect((await send({ answer: 'cancel', version: '0' })).statusCode).toBe(400)
  expect((await send({ answer: 'confirm', version: '-1' })).statusCode).toBe(400)
  expect((await app.inject({ method: 'POST', url: path })).statusCode).toBe(400)
  const body = { answer: 'confirm', version: '0' }
  expect((await app.inject({ method: 'POST', url: path, payload: body })).statusCode).toBe(400)
  const long = 'x'.repeat(70_000)
  expect((await send({ answer: 'reject', version: '0', reason: long })).statusCode).toBe(413)
})
