import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Connection } from '../../src/configuration/model.ts'
import { decimal4, decimal8, text8 } from '../../src/events/decimal.ts'
import type { Order, OrderLine, VendorOrderRequested } from '../../src/events/generated/events.ts'
import { contentDigest } from '../../src/events/identity.ts'
import { type Wire, wireOf, wiresOf } from '../../src/systems/kit/wire.ts'
import { toEnding } from '../../src/systems/netsuite/fulfilments.ts'
import { writeNetSuiteOrders } from '../../src/systems/netsuite/write-orders.ts'
import { connectionOf, lineOf, orderOf, vendorOrder } from '../data/processor-events.ts'
import { type NetSuiteAccount, startNetSuiteAccount } from '../worlds/netsuite-account.ts'
import { netsuiteOf } from '../worlds/settings.ts'

const signal = new AbortController().signal
const nothing = { targetId: null, unclear: false }
const connection = connectionOf('shop-a', '^WLD-')
const d = (text: string) => decimal4(text, 'amount')

let account: NetSuiteAccount
let skus: readonly string[]
beforeAll(async () => {
  account = await startNetSuiteAccount()
  skus = (await account.items()).map(({ itemId }) => String(itemId))
})
afterAll(async () => await account.close())
beforeEach(async () => void (await account.control('POST', 'reset')))

const line = (
  id: string,
  index: number,
  quantity: string,
  price: string,
  total: string,
  more: Partial<OrderLine> = {},
) =>
  lineOf(id, skus[index] ?? 'none', {
    quantityOrdered: decimal8(quantity, 'quantity'),
    unitPrice: decimal8(price, 'price'),
    rowTotal: d(total),
    ...more,
  })
const event = (lines: readonly OrderLine[], fields = {}, more: Partial<Order> = {}): VendorOrderRequested => {
  const made = { ...vendorOrder(connection.id, '000000001', orderOf(lines, more)), fields }
  return { ...made, contentDigest: contentDigest({ deleted: false, data: { ...made.data, fields } }) }
}
const canceled = (of: VendorOrderRequested): VendorOrderRequested => ({
  ...of,
  canceled: true,
  contentDigest: `no ${of.contentDigest}`,
  data: { ...of.data, lines: [] },
})
const sinkOf = async (settings = {}) => {
  const system = account.system({ settings: { ...account.system().settings, ...settings } })
  return writeNetSuiteOrders(await account.client(), netsuiteOf(system.settings, system.zone))
}
const deliver = async (of: VendorOrderRequested, settings = {}, to: Connection = connection) =>
  await (await sinkOf(settings)).deliver(of, to, signal, nothing)
const order = async () => (await account.orders())[0]
const linesOf = (of: Wire | undefined) => wiresOf(wireOf(of?.['item'])['items'])

describe('the amounts of an order', () => {
  const lines = () => [
    line('11', 0, '3', '19.99', '59.97', { discount: d('6'), tax: d('4.46') }),
    line('12', 1, '0.5', '0.01', '0.01', { tax: d('0.01') }),
  ]
  const amounts = { shipping: d('7.1'), shippingTax: d('0.59'), grandTotal: d('66.14') }

  it('add up to the shop’s total', async () => {
    await deliver(event(lines(), {}, amounts))
    expect(await order()).toMatchObject({ subtotal: 53.98, taxTotal: 5.06, total: 66.14 })
  })

  it('add up with a discount item too, and when the discount goes', async () => {
    await deliver(event(lines(), {}, amounts), { discountItem: '77' })
    expect(await order()).toMatchObject({ total: 66.14, discountItem: { id: '77' }, discountTotal: -6 })
    const without = [line('11', 0, '3', '19.99', '59.97')]
    await deliver(event(without, {}, { discount: d('0') }), { discountItem: '77' })
    expect(await order()).toMatchObject({ total: 59.97, discountTotal: 0 })
  })

  it('are those of the shop whatever NetSuite’s prices are', async () => {
    await deliver(event([line('11', 0, '2', '1.23', '2.46')]))
    expect(linesOf(await order())).toMatchObject([{ price: { id: '-1' }, rate: 1.23, amount: 2.46 }])
  })

  it('have the price level that the order map names where it has the same price', async () => {
    await account.control('PATCH', `items/${skus[0]}`, { price: 12.5 })
    await account.control('PATCH', `items/${skus[1]}`, { price: 99 })
    const fields = { 'line.11.price.id': '"1"', 'line.12.price.id': '"1"' }
    await deliver(event([line('11', 0, '2', '12.50', '25'), line('12', 1, '1', '98.99', '98.99')], fields))
    expect(linesOf(await order())).toMatchObject([
      { price: { id: '1' }, rate: 12.5, amount: 25 },
      { price: { id: '-1' }, rate: 98.99, amount: 98.99 },
    ])
  })
})

describe('price levels of an order in another currency', () => {
  it('are compared with the prices in that currency', async () => {
    const prices = [{ level: 1, currency: 'EUR', price: 11 }]
    await account.control('PATCH', `items/${skus[0]}`, { price: 12.5, prices })
    const fields = { 'line.11.price.id': '"1"' }
    const pay = async (price: string) => {
      await deliver(event([line('11', 0, '1', price, price)], fields, { currency: 'EUR' }), { currencies: 'EUR=4' })
      return linesOf(await order())
    }
    expect(await pay('12.50')).toMatchObject([{ price: { id: '-1' }, rate: 12.5, amount: 12.5 }])
    expect(await pay('11')).toMatchObject([{ price: { id: '1' }, rate: 11, amount: 11 }])
  })
})

describe('how the account answers for prices', () => {
  const fields = { 'line.11.price.id': '"1"' }
  const bought = (price: string) => event([line('11', 0, '1', price, price)], fields)
  const refused = async () => (await account.requests('suiteql')).filter(({ status }) => status === 400).length

  it('is found out once, not for each order', async () => {
    await account.control('PUT', 'rules', { missing: ['currency', 'itemprice.currencypage'] })
    const sink = await sinkOf()
    const before = await refused()
    await sink.deliver(bought('12.50'), connection, signal, nothing)
    const once = await refused()
    expect(once - before).toBe(2)
    await sink.deliver(bought('11'), connection, signal, nothing)
    expect(await refused()).toBe(once)
  })

  it('is found out again where currencies were unknown, so that a permission helps at once', async () => {
    await account.control('PATCH', `items/${skus[0]}`, {
      price: 12.5,
      prices: [{ level: 1, currency: 'EUR', price: 11 }],
    })
    await account.control('PUT', 'rules', { missing: ['currency'] })
    const sink = await sinkOf({ currency: undefined })
    await expect(sink.deliver(bought('12.50'), connection, signal, nothing)).rejects.toMatchObject({
      code: 'permission_missing',
    })
    await account.control('PUT', 'rules', { missing: [] })
    expect(await sink.deliver(bought('12.50'), connection, signal, nothing)).toMatchObject({ outcome: 'written' })
  })
})

describe('fields of the order map', () => {
  it('are on the order and on its lines', async () => {
    const fields = {
      'terms.id': '"2"',
      'class.id': '"3"',
      'department.id': '"4"',
      'subsidiary.id': '"1"',
      custbody_channel: '"web"',
      'line.11.class.id': '"5"',
      'line.11.location.id': '"6"',
      'line.11.custcol_gift': '"for you"',
    }
    await deliver(event([line('11', 0, '1', '5', '5'), line('12', 1, '1', '5', '5')], fields))
    expect(await order()).toMatchObject({
      terms: { id: '2' },
      class: { id: '3' },
      department: { id: '4' },
      subsidiary: { id: '1' },
      custbody_channel: 'web',
    })
    const [first, second] = linesOf(await order())
    expect(first).toMatchObject({ class: { id: '5' }, location: { id: '6' }, custcol_gift: 'for you' })
    expect(second).not.toHaveProperty('custcol_gift')
  })

  it.each([
    [{ custbody_typo: '"x"' }, ['custbody_typo'], 'custbody_typo'],
    [{ 'line.11.custcol_typo': '"x"' }, ['custcol_typo'], 'item.items[0].custcol_typo'],
    [{ no_such_field: '"x"' }, [], 'no_such_field'],
    [{}, ['custbody_waldstream_digest'], 'custbody_waldstream_digest'],
  ])(
    'that the account does not have stop the connection, and nothing is left out: %o',
    async (fields, missing, field) => {
      await account.control('PUT', 'rules', { missing })
      await expect(deliver(event([line('11', 0, '1', '5', '5')], fields))).rejects.toMatchObject({
        code: 'configuration_invalid',
        policy: 'pause',
        field,
        message: expect.stringContaining('Create the custom field'),
      })
      expect(await account.orders()).toEqual([])
    },
  )
})

describe('a refusal tells NetSuite’s own words', () => {
  const one = () => event([line('11', 0, '1', '5', '5')])

  it('in a closed accounting period', async () => {
    await account.control('PUT', 'rules', { closedUntil: '2026-03-31' })
    await expect(deliver(one())).rejects.toMatchObject({
      code: 'target_rejected',
      policy: 'dead-letter',
      details: { netsuiteCode: 'USER_ERROR', status: 400 },
      message: expect.stringContaining('accounting period'),
    })
    await account.control('PUT', 'rules', { closedUntil: null })
    expect(await deliver(one())).toMatchObject({ outcome: 'written' })
  })

  it('for a customer on hold', async () => {
    await deliver(one())
    const [customer] = wiresOf((await account.state())['customers'])
    await account.control('PUT', 'rules', { onHold: [customer?.['id']] })
    await expect(deliver(event([line('11', 0, '2', '5', '10')]))).rejects.toMatchObject({
      code: 'target_rejected',
      policy: 'dead-letter',
      message: expect.stringContaining('credit hold'),
    })
  })

  it('for a permission that the role lacks', async () => {
    await account.control('PUT', 'rules', { forbidden: ['customer'] })
    await expect(deliver(one())).rejects.toMatchObject({
      code: 'permission_missing',
      policy: 'pause',
      message: expect.stringMatching(/INSUFFICIENT_PERMISSION.*customer/),
    })
    await account.control('PUT', 'rules', { forbidden: ['suiteql'] })
    await expect(deliver(event([line('11', 3, '1', '5', '5')]))).rejects.toMatchObject({ code: 'permission_missing' })
  })

  it('for another language than the account’s', async () => {
    await account.control('PUT', 'rules', { language: 'en-US' })
    const french = await account.client({ settings: { ...account.system().settings, language: 'fr-FR' } })
    await expect(french.findItems(['x'])).rejects.toMatchObject({
      code: 'configuration_invalid',
      message: expect.stringContaining('settings.language'),
    })
    const english = await account.client({ settings: { ...account.system().settings, language: 'en-US' } })
    expect((await english.findItems(['x'])).size).toBe(0)
    expect(await deliver(one())).toMatchObject({ outcome: 'written' })
  })
})

describe('an order that the vendor ended', () => {
  const one = (quantity = '2') => event([line('11', 0, quantity, '5', '10'), line('12', 1, '1', '5', '5')])
  const act = async (what: string, body = {}) => {
    await account.control('POST', `orders/${String((await order())?.['id'])}/${what}`, body)
  }

  it.each([
    ['cancel', {}, /cancelled it/],
    ['close', {}, /closed a part of it/],
    ['close', { lines: [2] }, /closed a part of it/],
    ['fulfil', { lines: [{ line: 2 }] }, /fulfilled or billed/],
  ])('by %s %o is not begun again by a change in the shop', async (what, body, message) => {
    await deliver(one())
    await act(what, body)
    const before = await account.orders()
    await expect(deliver(one('3'))).rejects.toMatchObject({
      code: 'target_conflict',
      message: expect.stringMatching(message),
    })
    expect(await account.orders()).toEqual(before)
    expect(await deliver(one())).toMatchObject({ outcome: 'unchanged' })
  })

  it('has the rest taken back that the shop cancels after a part was fulfilled', async () => {
    await deliver(one('5'))
    await act('fulfil', { lines: [{ line: 1, quantity: 3 }] })
    const canceledRest = (pieces: string) =>
      event([line('11', 0, '5', '5', '10', { quantityCanceled: decimal8(pieces, 'q') }), line('12', 1, '1', '5', '5')])
    expect(await deliver(canceledRest('2'))).toMatchObject({ outcome: 'written' })
    expect(linesOf(await order()).map(({ quantity, quantityFulfilled }) => [quantity, quantityFulfilled])).toEqual([
      [3, 3],
      [1, 0],
    ])
    expect(await deliver(canceledRest('2'))).toMatchObject({ outcome: 'unchanged' })
  })

  it('goes to its new address as long as something of it is open, and has nothing of the old one', async () => {
    const moved = (digest: string, street: readonly string[]) => {
      const { data, ...rest } = one('5')
      const { shippingAddress } = data
      return {
        ...rest,
        contentDigest: digest,
        data: { ...data, shippingAddress: shippingAddress && { ...shippingAddress, street } },
      }
    }
    const address = async () => wireOf((await order())?.['shippingAddress'])
    await deliver(one('5'))
    expect(await address()).toMatchObject({ addr1: '1 Main St', addr2: 'Unit 2' })
    expect(await deliver(moved('v2', ['5 Elm St']))).toMatchObject({ outcome: 'written' })
    expect(await address()).toMatchObject({ addr1: '5 Elm St', city: 'Austin' })
    expect(await address()).not.toHaveProperty('addr2')
    await act('fulfil', { lines: [{ line: Number(linesOf(await order())[0]?.['line']), quantity: 3 }] })
    expect(await deliver(moved('v3', ['7 Oak St', 'Rear']))).toMatchObject({ outcome: 'written' })
    expect(await address()).toMatchObject({ addr1: '7 Oak St', addr2: 'Rear' })
    expect(await deliver(moved('v3', ['7 Oak St', 'Rear']))).toMatchObject({ outcome: 'unchanged' })
    await act('fulfil')
    expect(await deliver(moved('v4', ['9 Fir St']))).toMatchObject({ outcome: 'unchanged' })
    expect(await address()).toMatchObject({ addr1: '7 Oak St' })
  })

  it('says what was shipped of the pieces that the shop takes back, and does not ship the rest', async () => {
    await deliver(one('5'))
    await act('fulfil', { lines: [{ line: 1, quantity: 3 }] })
    const less = event([
      line('11', 0, '5', '5', '10', { quantityCanceled: decimal8('3', 'q') }),
      line('12', 1, '1', '5', '5'),
    ])
    const refused = {
      code: 'cancellation_refused',
      message: expect.stringMatching(
        /the shop reduced order .*shipped 1 × .*; the pieces that the shop still wants stay open$/,
      ),
    }
    await expect(deliver(less)).rejects.toMatchObject(refused)
    const stays = linesOf(await order()).map(({ quantity, isClosed }) => [quantity, isClosed])
    expect(stays).toEqual([
      [5, true],
      [1, false],
    ])
    const before = await account.orders()
    await expect(deliver(less)).rejects.toMatchObject(refused)
    expect(await account.orders()).toEqual(before)
    // What the vendor closes of it is news for the shop, and stays closed; what we closed is none.
    await act('close', { lines: [2] })
    const told = async () => {
      const context = { zone: 'UTC', skus: new Map(), reasons: { order: null, line: null } }
      const ending = toEnding((await order()) ?? {}, 'closure', context)
      return ending?.lines.map(({ lineId, quantity }) => [lineId, text8(quantity)])
    }
    expect(await told()).toEqual([['12', '1']])
    await expect(deliver({ ...less, contentDigest: 'another address' })).rejects.toMatchObject({
      code: 'cancellation_refused',
      message: expect.stringMatching(/; its open pieces are closed$/),
    })
    expect(await told()).toEqual([['12', '1']])
  })

  it('that the shop cancels after a part was fulfilled is closed, and the vendor says what was shipped', async () => {
    await deliver(one('5'))
    await act('fulfil', { lines: [{ line: 1, quantity: 3 }] })
    const refused = { code: 'cancellation_refused', message: expect.stringMatching(/is canceled.*shipped 3 × /) }
    await expect(deliver(canceled(one('5')))).rejects.toMatchObject(refused)
    const lines = linesOf(await order())
    expect(lines.map(({ quantity, quantityFulfilled, isClosed }) => [quantity, quantityFulfilled, isClosed])).toEqual([
      [5, 3, true],
      [1, 0, true],
    ])
    const before = await account.orders()
    await expect(deliver(canceled(one('5')))).rejects.toMatchObject(refused)
    expect(await account.orders()).toEqual(before)
    // It was on hold, and is released.
    expect(await deliver(one('5'))).toMatchObject({ outcome: 'written' })
    expect(linesOf(await order()).map(({ quantity, isClosed }) => [quantity, isClosed])).toEqual([
      [5, false],
      [1, false],
    ])
  })

  it.each(['cancel', 'close'])('by %s needs nothing more when the shop cancels too', async (what) => {
    await deliver(one())
    await act(what)
    const before = await account.orders()
    expect(await deliver(canceled(one()))).toMatchObject({ outcome: 'unchanged', targetId: before[0]?.['id'] })
    expect(await account.orders()).toEqual(before)
  })

  const taken = (pieces: string, rest = '0') =>
    event([
      line('11', 0, '5', '5', '25', { quantityCanceled: decimal8(pieces, 'q') }),
      line('12', 1, '1', '5', '5', { quantityCanceled: decimal8(rest, 'q') }),
    ])
  const five = () => event([line('11', 0, '5', '5', '25'), line('12', 1, '1', '5', '5')])

  it('by closing the rest is no conflict where the shop then takes back just that', async () => {
    await deliver(five())
    await act('fulfil', { lines: [{ line: 1, quantity: 3 }] })
    await act('close', { lines: [1] })
    expect(await deliver(taken('1'))).toMatchObject({ outcome: 'written' })
    expect(linesOf(await order()).map(({ quantity, isClosed }) => [quantity, isClosed])).toEqual([
      [4, true],
      [1, false],
    ])
    expect(await deliver(taken('2'))).toMatchObject({ outcome: 'written' })
    expect(linesOf(await order()).map(({ quantity, isClosed }) => [quantity, isClosed])).toEqual([
      [3, true],
      [1, false],
    ])
    expect(await deliver(taken('2'))).toMatchObject({ outcome: 'unchanged' })
  })

  it('in part, of which the shop takes back just that part, or all, is no conflict either', async () => {
    await deliver(five())
    await act('close', { lines: [2] })
    expect(await deliver(taken('0', '1'))).toMatchObject({ outcome: 'written' })
    expect(linesOf(await order()).map(({ quantity, isClosed }) => [quantity, isClosed])).toEqual([
      [5, false],
      [0, true],
    ])
    await act('close')
    expect(await deliver(canceled(five()))).toMatchObject({ outcome: 'unchanged' })
  })

  it.each(['cancel', 'close'])('by %s is not begun again where the shop takes back a part of it', async (what) => {
    await deliver(five())
    await act(what)
    await deliver(taken('2'))
    const { id: status } = wireOf((await order())?.['status'])
    expect(status === 'C' || linesOf(await order()).every(({ isClosed }) => isClosed === true)).toBe(true)
    expect(await deliver(canceled(five()))).toMatchObject({ outcome: 'unchanged' })
  })

  it('in part stays closed where the shop takes back another part', async () => {
    await deliver(five())
    await act('close', { lines: [2] })
    expect(await deliver(taken('2'))).toMatchObject({ outcome: 'written' })
    expect(linesOf(await order()).map(({ quantity, isClosed }) => [quantity, isClosed])).toEqual([
      [3, false],
      [1, true],
    ])
  })

  it('in part is closed whole where the shop cancels all of it', async () => {
    await deliver(five())
    await act('close', { lines: [2] })
    expect(await deliver(canceled(five()))).toMatchObject({ outcome: 'written' })
    expect(linesOf(await order()).map(({ isClosed }) => isClosed)).toEqual([true, true])
  })

  it('is opened again by the shop where the shop had canceled it', async () => {
    await deliver(one())
    await deliver(canceled(one()))
    expect(linesOf(await order()).map(({ isClosed }) => isClosed)).toEqual([true, true])
    await deliver(one('3'))
    expect(linesOf(await order()).map(({ isClosed, quantity }) => [isClosed, quantity])).toEqual([
      [false, 3],
      [false, 1],
    ])
  })

  it('is changed although a line of it was taken back by the shop before', async () => {
    const taken = event([
      line('11', 0, '2', '5', '10'),
      line('12', 1, '1', '5', '5', { quantityCanceled: decimal8('1', 'q') }),
    ])
    await deliver(taken)
    expect(linesOf(await order()).map(({ isClosed }) => isClosed)).toEqual([false, true])
    expect(await deliver(one('3'))).toMatchObject({ outcome: 'written' })
  })
})

describe('an order that was edited in the shop', () => {
  const first = () => event([line('11', 0, '2', '5', '10'), line('12', 1, '1', '5', '5')])
  const edited = (key: string, amends: string, quantity: string): VendorOrderRequested => {
    const { data, ...rest } = event([line('21', 0, quantity, '5', '10')])
    return { ...rest, key, data: { ...data, orderNumber: key, amends }, contentDigest: `edited ${key} ${quantity}` }
  }
  const told = async () =>
    (await account.orders()).map((one) => [
      one['externalId'],
      linesOf(one).map((row) => [row['quantity'], row['isClosed']]),
    ])

  it.each([
    ['the new one comes first', ['new', 'cancel']],
    ['the old one’s cancellation comes first', ['cancel', 'new']],
    ['both come twice', ['new', 'new', 'cancel', 'cancel', 'new']],
  ])('is the order that NetSuite has, changed, where %s', async (_name, steps) => {
    const { targetId } = await deliver(first())
    for (const step of steps) await deliver(step === 'new' ? edited('1-1', '000000001', '3') : canceled(first()))
    expect(await told()).toEqual([['shop-a_1-1', [[3, false]]]])
    expect(await order()).toMatchObject({ id: targetId, otherRefNum: '1-1', memo: 'PO-7; Replaces order 000000001' })
    expect(await deliver(edited('1-2', '1-1', '4'))).toEqual({ outcome: 'written', targetId })
    expect(await told()).toEqual([['shop-a_1-2', [[4, false]]]])
  })

  const ship = async () =>
    await account.control('POST', `orders/${String((await order())?.['id'])}/fulfil`, { lines: [{ line: 1 }] })

  it('waits for the cancellation of one of which a part was shipped, and is an order of its own then', async () => {
    await deliver(first())
    await ship()
    const next = edited('1-1', '000000001', '3')
    await expect(deliver(next)).rejects.toMatchObject({ code: 'original_open', policy: 'wait' })
    const rest = event([
      line('11', 0, '2', '5', '10'),
      line('12', 1, '1', '5', '5', { quantityCanceled: decimal8('1', 'q') }),
    ])
    await deliver({ ...rest, contentDigest: 'rest' })
    expect(await deliver(next)).toMatchObject({ outcome: 'written' })
    expect(await deliver({ ...rest, contentDigest: 'rest' })).toMatchObject({ outcome: 'unchanged' })
    expect((await told()).map(([name]) => name)).toEqual(['shop-a-000000001', 'shop-a_1-1'])
  })

  it('is not delivered beside one of which a part was shipped without the shop knowing', async () => {
    await deliver(first())
    await ship()
    await expect(deliver(canceled(first()))).rejects.toMatchObject({ code: 'cancellation_refused' })
    await expect(deliver(edited('1-1', '000000001', '3'))).rejects.toMatchObject({
      code: 'target_conflict',
      message: expect.stringMatching(/replaced order 000000001 with 1-1, but NetSuite has shipped 2 × /),
    })
    expect(await account.orders()).toHaveLength(1)
  })

  it('is not delivered beside one of which all was shipped without the shop knowing', async () => {
    await deliver(first())
    await account.control('POST', `orders/${String((await order())?.['id'])}/fulfil`)
    await expect(deliver(edited('1-1', '000000001', '3'))).rejects.toMatchObject({ code: 'target_conflict' })
    await expect(deliver(canceled(first()))).rejects.toMatchObject({ code: 'cancellation_refused' })
    await expect(deliver(edited('1-1', '000000001', '3'))).rejects.toMatchObject({ code: 'target_conflict' })
    expect(await account.orders()).toHaveLength(1)
  })

  const another = (quantity = '1') => {
    const { data, ...rest } = event([line('22', 2, quantity, '5', '5')])
    return { ...rest, key: '1-1', data: { ...data, orderNumber: '1-1', amends: '000000001' } }
  }

  it.each(['whole', 'as far as it was wanted', 'as far as the vendor did not close it'])(
    'is an order of its own, with other items, beside one that is shipped %s',
    async (how) => {
      await deliver(first())
      const taken = line('12', 1, '1', '5', '5', { quantityCanceled: decimal8('1', 'q') })
      if (how === 'as far as it was wanted') await deliver(event([line('11', 0, '2', '5', '10'), taken]))
      const { id } = (await order()) ?? {}
      if (how === 'as far as the vendor did not close it')
        await account.control('POST', `orders/${String(id)}/close`, { lines: [2] })
      await account.control('POST', `orders/${String(id)}/fulfil`)
      expect(await deliver(another())).toMatchObject({ outcome: 'written' })
      expect((await told()).map(([name]) => name)).toEqual(['shop-a-000000001', 'shop-a_1-1'])
    },
  )

  it('may have what the vendor closed of one that is done, and no more', async () => {
    await deliver(event([line('11', 0, '5', '5', '25')]))
    const id = String((await order())?.['id'])
    await account.control('POST', `orders/${id}/fulfil`, { lines: [{ line: 1, quantity: 2 }] })
    await account.control('POST', `orders/${id}/close`, { lines: [1] })
    await expect(deliver(edited('1-1', '000000001', '4'))).rejects.toMatchObject({ code: 'target_conflict' })
    expect(await deliver(edited('1-1', '000000001', '3'))).toMatchObject({ outcome: 'written' })
  })

  it('is an order of its own where the one of that number is somebody else’s', async () => {
    const { data, ...rest } = first()
    await deliver({ ...rest, data: { ...data, customerEmail: 'other@example.com' } })
    await deliver(edited('1-1', '000000001', '3'))
    expect((await told()).map(([name]) => name)).toEqual(['shop-a-000000001', 'shop-a_1-1'])
  })
})

describe('the customer of an order', () => {
  const from = (source: string, number: string, more: Partial<Order>) => {
    const { data, ...rest } = event([line('11', 0, '1', '5', '5')], {}, { orderNumber: number, ...more })
    return { ...rest, source, key: number, data }
  }
  const customers = async () =>
    wiresOf((await account.state())['customers']).map(({ externalId, email }) => [externalId, email])

  it('is not that of another shop whose id begins its own', async () => {
    await deliver(from('shop-b2b', '1', { customerId: '17', customerEmail: 'one@example.com' }))
    await deliver(from('shop', '2', { customerId: 'b2b-17', customerEmail: 'other@example.com' }))
    expect(await customers()).toEqual([
      ['shop-b2b-17', 'one@example.com'],
      [expect.stringMatching(/^shop_[0-9a-f]{16}$/), 'other@example.com'],
    ])
    // The next order finds its own.
    await deliver(from('shop', '3', { customerId: 'b2b-17', customerEmail: 'other@example.com' }))
    expect(await customers()).toHaveLength(2)
  })

  it('is not that of another shop for a guest without an e-mail address', async () => {
    await deliver(from('shop-order', '1', { customerId: '2', customerEmail: 'one@example.com' }))
    await deliver(from('shop', '2', { customerId: null, customerEmail: '' }))
    expect((await customers()).map(([id]) => id)).toEqual(['shop-order-2', 'shop_order_2'])
  })

  it('stays the one that an earlier release created', async () => {
    const client = await account.client()
    const earlier = { isPerson: true, firstName: 'Ann', lastName: 'Old', email: 'Ann@example.com' }
    await client.upsertByExternalId('customer', 'shop-b2b-17', earlier, {}, signal)
    await deliver(from('shop', '2', { customerId: 'b2b-17', customerEmail: 'ann@example.com' }))
    expect((await customers()).map(([id]) => id)).toEqual(['shop-b2b-17'])
  })
})

describe('an order that waits for the shop', () => {
  const one = (quantity = '2') => event([line('11', 0, quantity, '5', '10')])
  const held = (of: VendorOrderRequested): VendorOrderRequested => ({
    ...of,
    held: true,
    contentDigest: `waiting ${of.contentDigest}`,
  })
  const statusOf = async () => wireOf((await order())?.['orderStatus'])['id']

  it('is pending approval, so that nothing of it is shipped, and goes on when the shop releases it', async () => {
    await deliver(one())
    expect(await deliver(held(one()))).toMatchObject({ outcome: 'written' })
    expect(await statusOf()).toBe('A')
    const ship = account.control('POST', `orders/${String((await order())?.['id'])}/fulfil`, {})
    await expect(ship).rejects.toThrow('pending approval')
    expect(await deliver(held(one()))).toMatchObject({ outcome: 'unchanged' })
    expect(await deliver(held(one('3')))).toMatchObject({ outcome: 'written' })
    expect(await deliver(one())).toMatchObject({ outcome: 'written' })
    expect(await statusOf()).toBe('B')
    expect((await order())?.['custbody_waldstream_digest']).toBe(one().contentDigest)
  })

  it('that waited for the vendor’s approval before does so again', async () => {
    await deliver(one())
    const client = await account.client()
    await client.upsertByExternalId('salesOrder', String((await order())?.['externalId']), { orderStatus: { id: 'A' } })
    await deliver(held(one()))
    await deliver(one())
    expect(await statusOf()).toBe('A')
  })

  it('that is canceled while it waits does not wait when it comes back', async () => {
    await deliver(one())
    await deliver(held(one()))
    await deliver(canceled(one()))
    await deliver(one('3'))
    expect([await statusOf(), linesOf(await order())[0]?.['isClosed']]).toEqual(['B', false])
  })

  it('of which a part is shipped is for a person', async () => {
    await deliver(one())
    await account.control('POST', `orders/${String((await order())?.['id'])}/fulfil`, {
      lines: [{ line: 1, quantity: 1 }],
    })
    await expect(deliver(held(one()))).rejects.toMatchObject({ code: 'target_conflict' })
    expect(await deliver(one())).toMatchObject({ outcome: 'unchanged' })
  })
})
