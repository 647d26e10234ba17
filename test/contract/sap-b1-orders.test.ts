import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { decimal4, decimal8 } from '../../src/events/decimal.ts'
import type { OrderLine, VendorOrderRequested } from '../../src/events/generated/events.ts'
import { type Wire, wireOf, wiresOf } from '../../src/systems/kit/wire.ts'
import { connectionOf, lineOf, orderOf, vendorOrder } from '../data/processor-events.ts'
import { CALM, startCompany, type TestCompany, UNCLEAR } from '../worlds/sap-b1.ts'
import { readAll } from '../worlds/sources.ts'

const d = (text: string) => decimal4(text, 'amount')
const q = (text: string) => decimal8(text, 'quantity')
const signal = new AbortController().signal

let company: TestCompany
let skus: readonly string[] = []
beforeAll(async () => {
  company = await startCompany()
})
afterAll(async () => await company.close())
beforeEach(async () => {
  await company.send('POST', '/reset')
  skus = (await company.state('Items')).filter(({ Frozen }) => Frozen === 'tNO').map(({ ItemCode }) => String(ItemCode))
})

const connection = connectionOf('con', '^WLD-', {
  orderMap: { shipMethods: { flatrate_flatrate: '2' }, location: 'DS' },
})

/** Three pieces at 10 less 4 in all, one at 9.99, freight 5. */
function eventOf(key: string, more: Partial<VendorOrderRequested> = {}, lineMore: Partial<OrderLine> = {}) {
  const lines = [
    lineOf('11', skus[0] ?? '', {
      quantityOrdered: q('3'),
      rowTotal: d('30'),
      discount: d('4'),
      tax: d('2.15'),
      ...lineMore,
    }),
    lineOf('12', skus[1] ?? '', { unitPrice: q('9.99'), rowTotal: d('9.99') }),
  ]
  const amounts = { shipping: d('5'), subtotal: d('39.99'), discount: d('4'), tax: d('2.15') }
  const event = vendorOrder('con', key, orderOf(lines, amounts))
  return { ...event, ...more }
}

/** The shop replaced an order by this one, with rows of its own. */
function edited(key: string, amends: string): VendorOrderRequested {
  const { data, ...event } = eventOf(key, { contentDigest: `edited ${key}` })
  const [first, second] = data.lines
  const lines = [
    ...(first === undefined ? [] : [{ ...first, lineId: '21', quantityOrdered: q('4'), rowTotal: d('40') }]),
    ...(second === undefined ? [] : [{ ...second, lineId: '22' }]),
  ]
  return { ...event, data: { ...data, orderNumber: key, amends, lines, subtotal: d('49.99') } }
}

const orders = () => company.state('Orders')
const deliver = async (event: VendorOrderRequested, settings = {}, before = CALM) =>
  await (await company.sink(settings)).deliver(event, connection, signal, before)

describe('an order for SAP Business One', () => {
  it('has its reference, lines, amounts, addresses and marks, and is written once', async () => {
    const fields = { Comments: '"Leave at the door"', SalesPersonCode: '3', 'TaxExtension.Carrier': '"UPS"' }
    const event = eventOf('000000001', { fields })
    const { outcome, targetId } = await deliver(event)
    expect(outcome).toBe('written')
    const [order, ...others] = await orders()
    expect(others).toEqual([])
    expect(order).toMatchObject({
      DocEntry: Number(targetId),
      NumAtCard: 'con-000000001',
      CardCode: 'C20000',
      DocTotal: 40.99,
      DocCurrency: '$',
      U_WLD_Digest: event.contentDigest,
      TransportationCode: 2,
      Comments: 'Leave at the door',
      SalesPersonCode: 3,
      DocDate: '2026-03-02',
      DocDueDate: '2026-03-02',
      TaxExtension: { Carrier: 'UPS' },
      AddressExtension: {
        ShipToStreet: '1 Main St',
        ShipToBlock: 'Unit 2',
        ShipToCity: 'Austin',
        ShipToZipCode: '78701',
        ShipToState: 'TX',
        ShipToCountry: 'US',
        ShipToAddress2: 'Zoë Łukasz',
        BillToCity: 'Austin',
      },
      DocumentAdditionalExpenses: [{ ExpenseCode: 1, LineTotal: 5 }],
      DocumentLines: [
        { ItemCode: skus[0], Quantity: 3, UnitPrice: 10, LineTotal: 26, WarehouseCode: 'DS', U_WLD_Line: '11' },
        { ItemCode: skus[1], Quantity: 1, UnitPrice: 9.99, LineTotal: 9.99, WarehouseCode: 'DS', U_WLD_Line: '12' },
      ],
    })
    expect(order?.['AddressExtension']).not.toHaveProperty('ShipToCounty')
    expect(await deliver(event)).toEqual({ outcome: 'unchanged', targetId })
    expect(await deliver(event, {}, UNCLEAR)).toEqual({ outcome: 'unchanged', targetId })
    expect(await orders()).toHaveLength(1)
  })

  it('is changed while nothing is delivered: lines keep their numbers, others go', async () => {
    const { targetId } = await deliver(eventOf('2'))
    const less = eventOf('2', { contentDigest: 'v2' }, { quantityCanceled: q('1') })
    expect(await deliver(less)).toEqual({ outcome: 'written', targetId })
    const [order] = await orders()
    expect(order).toMatchObject({ U_WLD_Digest: 'v2', DocTotal: 32.32 })
    expect(wiresOf(order?.['DocumentLines']).map(({ LineNum, Quantity }) => [LineNum, Quantity])).toEqual([
      [0, 2],
      [1, 1],
    ])
    const one = {
      ...less,
      contentDigest: 'v3',
      data: { ...less.data, lines: less.data.lines.slice(1), subtotal: d('9.99'), discount: d('0') },
    }
    await deliver(one)
    expect(
      wiresOf((await orders())[0]?.['DocumentLines']).map(({ LineNum, U_WLD_Line }) => [LineNum, U_WLD_Line]),
    ).toEqual([[1, '12']])
  })

  it.each([
    ['the new one comes first', ['new', 'cancel']],
    ['both come twice', ['new', 'new', 'cancel', 'cancel', 'new']],
  ])('that was edited in the shop is the order that SAP has, changed, where %s', async (_name, steps) => {
    const { targetId } = await deliver(eventOf('40'))
    for (const step of steps) await deliver(step === 'new' ? edited('40-1', '40') : eventOf('40', { canceled: true }))
    const [order, ...others] = await orders()
    expect(others).toEqual([])
    expect(order).toMatchObject({ NumAtCard: 'con_40-1', Cancelled: 'tNO', Comments: 'Replaces order 40' })
    expect(String(order?.['DocEntry'])).toBe(targetId)
    expect(wiresOf(order?.['DocumentLines']).map(({ U_WLD_Line, Quantity }) => [U_WLD_Line, Quantity])).toEqual([
      ['21', 4],
      ['22', 1],
    ])
  })

  it('that was edited in the shop is made anew where the old one was canceled before, for SAP opens none again', async () => {
    await deliver(eventOf('41'))
    await deliver(eventOf('41', { contentDigest: 'gone', canceled: true }))
    await deliver(edited('41-1', '41'))
    await deliver(eventOf('41', { contentDigest: 'gone', canceled: true }))
    expect((await orders()).map(({ NumAtCard, Cancelled }) => [NumAtCard, Cancelled]).toSorted()).toEqual([
      ['con-41', 'tYES'],
      ['con_41-1', 'tNO'],
    ])
  })

  it('that was edited in the shop is not delivered beside one of which a part was delivered', async () => {
    const { targetId } = await deliver(eventOf('42'))
    await company.send('POST', `/orders/${targetId}/deliver`, { lines: [{ LineNum: 0, Quantity: 1 }] })
    const conflict = {
      code: 'target_conflict',
      message: expect.stringContaining(`replaced order 42 with 42-1, but SAP has delivered 1 × ${skus[0]}`),
    }
    await expect(deliver(edited('42-1', '42'))).rejects.toMatchObject({ code: 'original_open', policy: 'wait' })
    await expect(deliver(edited('42-1', '42'), { cancelDelivered: 'conflict' })).rejects.toMatchObject(conflict)
    const canceled = eventOf('42', { contentDigest: 'gone', canceled: true })
    const closing = { cancelDelivered: 'close' } as const
    await expect(deliver(canceled, closing)).rejects.toMatchObject({ code: 'cancellation_refused' })
    await expect(deliver(edited('42-1', '42'), closing)).rejects.toMatchObject(conflict)
    expect(await orders()).toHaveLength(1)
  })

  it('that was edited in the shop is an order of its own once the vendor has closed the rest of the old one', async () => {
    const { targetId } = await deliver(eventOf('43'))
    await company.send('POST', `/orders/${targetId}/deliver`, { lines: [{ LineNum: 0, Quantity: 1 }] })
    await company.send('POST', `/orders/${targetId}/close`)
    const next = edited('43-1', '43')
    const wanting = (pieces: string) => {
      const lines = next.data.lines.map((line, index) => (index === 0 ? { ...line, quantityOrdered: q(pieces) } : line))
      return { ...next, data: { ...next.data, lines } }
    }
    await expect(deliver(wanting('9'))).rejects.toMatchObject({ code: 'target_conflict' })
    expect(await deliver(wanting('1'))).toMatchObject({ outcome: 'written' })
    expect(await orders()).toHaveLength(2)
  })

  it('that was edited in the shop is an order of its own where the shop knew what was delivered, and we closed the rest', async () => {
    const { targetId } = await deliver(eventOf('44', {}, { quantityOrdered: q('4') }))
    await company.send('POST', `/orders/${targetId}/deliver`, { lines: [{ LineNum: 0, Quantity: 1 }] })
    const closing = { cancelDelivered: 'close' } as const
    const left = eventOf('44', { contentDigest: 'left' }, { quantityOrdered: q('4'), quantityCanceled: q('3') })
    const lines = left.data.lines.map((line, index) =>
      index === 0 ? line : { ...line, quantityCanceled: line.quantityOrdered },
    )
    await deliver({ ...left, data: { ...left.data, lines } }, closing)
    // It has as many pieces as were ordered before.
    expect(await deliver(edited('44-1', '44'), closing)).toMatchObject({ outcome: 'written' })
    expect((await orders()).map(({ DocumentStatus }) => DocumentStatus).toSorted()).toEqual(['bost_Close', 'bost_Open'])
  })

  it('that is begun is not changed, and not canceled unless it is set so', async () => {
    const { targetId } = await deliver(eventOf('3'))
    await company.send('POST', `/orders/${targetId}/deliver`, { lines: [{ LineNum: 0, Quantity: 1 }] })
    const changed = eventOf('3', { contentDigest: 'v2' }, { quantityOrdered: q('4') })
    await expect(deliver(changed)).rejects.toMatchObject({ code: 'target_conflict', details: { order: targetId } })
    const canceled = eventOf('3', { contentDigest: 'v2', canceled: true })
    const conflict = { cancelDelivered: 'conflict' } as const
    await expect(deliver(canceled, conflict)).rejects.toMatchObject({ code: 'target_conflict' })
    const refused = { code: 'cancellation_refused', message: expect.stringContaining(`delivered 1 × ${skus[0]}`) }
    await expect(deliver(canceled, { cancelDelivered: 'close' })).rejects.toMatchObject(refused)
    // Our own closing is no news for the shop, and a second time there is nothing left to do.
    expect((await orders()).find(({ DocEntry }) => String(DocEntry) === targetId)).toMatchObject({
      DocumentStatus: 'bost_Close',
      U_WLD_Digest: expect.stringMatching(/^canceled /),
    })
    await expect(deliver(canceled, { cancelDelivered: 'close' })).rejects.toMatchObject(refused)
    expect((await orders())[0]).toMatchObject({ DocumentStatus: 'bost_Close', Cancelled: 'tNO' })
  })

  it('goes to its new address as long as something of it is open, and has nothing of the old one', async () => {
    const moved = (key: string, digest: string, street: readonly string[]) => {
      const event = eventOf(key, { contentDigest: digest })
      const { shippingAddress } = event.data
      return { ...event, data: { ...event.data, shippingAddress: shippingAddress && { ...shippingAddress, street } } }
    }
    const { targetId } = await deliver(eventOf('39'))
    const address = async () => wireOf((await orders())[0]?.['AddressExtension'])
    expect(await address()).toMatchObject({ ShipToStreet: '1 Main St', ShipToBlock: 'Unit 2' })
    expect(await deliver(moved('39', 'v2', ['5 Elm St']))).toEqual({ outcome: 'written', targetId })
    expect(await address()).toMatchObject({ ShipToStreet: '5 Elm St', ShipToBlock: null, BillToStreet: '1 Main St' })
    await company.send('POST', `/orders/${targetId}/deliver`, { lines: [{ LineNum: 0, Quantity: 1 }] })
    expect(await deliver(moved('39', 'v3', ['7 Oak St', 'Rear']))).toEqual({ outcome: 'written', targetId })
    expect(await address()).toMatchObject({ ShipToStreet: '7 Oak St', ShipToBlock: 'Rear' })
    expect(await deliver(moved('39', 'v3', ['7 Oak St', 'Rear']))).toEqual({ outcome: 'unchanged', targetId })
    await company.send('POST', `/orders/${targetId}/deliver`, {})
    expect(await deliver(moved('39', 'v4', ['9 Fir St']))).toEqual({ outcome: 'unchanged', targetId })
    expect(await address()).toMatchObject({ ShipToStreet: '7 Oak St' })
  })

  it('that is begun and canceled is asked of the vendor, who closes the rest and says what was delivered', async () => {
    const { targetId } = await deliver(eventOf('34'))
    await company.send('POST', `/orders/${targetId}/deliver`, { lines: [{ LineNum: 0, Quantity: 1 }] })
    const canceled = eventOf('34', { contentDigest: 'v2', canceled: true })
    const asked = { code: 'cancellation_requested', policy: 'wait' }
    await expect(deliver(canceled)).rejects.toMatchObject(asked)
    const [order] = await orders()
    expect(order?.['Comments']).toBe(`CANCELED IN THE SHOP, please close: 2 × ${skus[0]}, 1 × ${skus[1]}`)
    await expect(deliver(canceled)).rejects.toMatchObject(asked)
    expect(await orders()).toEqual([order])
    await company.send('POST', `/orders/${targetId}/close`)
    await expect(deliver(canceled)).rejects.toMatchObject({
      code: 'cancellation_refused',
      policy: 'record',
      message: expect.stringContaining(`delivered 1 × ${skus[0]}:`),
    })
  })

  it('that is begun, canceled, and delivered by the vendor all the same is refused', async () => {
    const { targetId } = await deliver(eventOf('35', { fields: { Comments: '"Ring twice. Then wait"' } }))
    await company.send('POST', `/orders/${targetId}/deliver`, { lines: [{ LineNum: 0, Quantity: 1 }] })
    const canceled = eventOf('35', { contentDigest: 'v2', canceled: true })
    await expect(deliver(canceled)).rejects.toMatchObject({ code: 'cancellation_requested' })
    await company.send('POST', `/orders/${targetId}/deliver`, {})
    await expect(deliver(canceled)).rejects.toMatchObject({
      code: 'cancellation_refused',
      message: expect.stringContaining(`delivered 3 × ${skus[0]}, 1 × ${skus[1]}`),
    })
  })

  it('that the shop wants again is not asked of the vendor any more', async () => {
    const { targetId } = await deliver(eventOf('36', { fields: { Comments: '"Ring twice. Then wait"' } }))
    await company.send('POST', `/orders/${targetId}/deliver`, { lines: [{ LineNum: 0, Quantity: 1 }] })
    const onHold = eventOf('36', { contentDigest: 'v2', canceled: true })
    await expect(deliver(onHold)).rejects.toMatchObject({ code: 'cancellation_requested' })
    expect((await orders())[0]?.['Comments']).toMatch(/^CANCELED IN THE SHOP, .*\nRing twice\. Then wait$/)
    await deliver(eventOf('36', { fields: { Comments: '"Ring twice. Then wait"' } }))
    expect((await orders())[0]?.['Comments']).toBe('Ring twice. Then wait')
  })

  it('that the vendor canceled or closed whole is no conflict where the shop takes back a part of it', async () => {
    for (const [key, action] of [
      ['37', 'cancel'],
      ['38', 'close'],
    ] as const) {
      const { targetId } = await deliver(eventOf(key))
      await company.send('POST', `/orders/${targetId}/${action}`)
      const less = eventOf(key, { contentDigest: 'v2' }, { quantityCanceled: q('1') })
      expect(await deliver(less)).toEqual({ outcome: 'unchanged', targetId })
      const more = eventOf(key, { contentDigest: 'v3' }, { quantityOrdered: q('4') })
      await expect(deliver(more)).rejects.toMatchObject({ code: 'target_conflict' })
    }
  })

  it('of which the shop took back all that is not delivered is closed, where it is set so', async () => {
    const { targetId } = await deliver(eventOf('31'))
    await company.send('POST', `/orders/${targetId}/deliver`, {
      lines: [
        { LineNum: 0, Quantity: 1 },
        { LineNum: 1, Quantity: 1 },
      ],
    })
    const rest = eventOf('31', { contentDigest: 'v2' }, { quantityCanceled: q('2') })
    await expect(deliver(rest)).rejects.toMatchObject({ code: 'cancellation_requested' })
    const closing = { cancelDelivered: 'close' } as const
    expect(await deliver(rest, closing)).toEqual({ outcome: 'written', targetId })
    expect(await deliver(rest, closing)).toEqual({ outcome: 'unchanged', targetId })
    expect((await orders()).find(({ DocEntry }) => String(DocEntry) === targetId)).toMatchObject({
      DocumentStatus: 'bost_Close',
    })
  })

  it('whose rest the vendor closed is no conflict where the shop then takes back just that', async () => {
    const { targetId } = await deliver(eventOf('32'))
    await company.send('POST', `/orders/${targetId}/deliver`, {
      lines: [
        { LineNum: 0, Quantity: 1 },
        { LineNum: 1, Quantity: 1 },
      ],
    })
    await company.send('POST', `/orders/${targetId}/close`)
    const taken = (pieces: string) => eventOf('32', { contentDigest: `v${pieces}` }, { quantityCanceled: q(pieces) })
    expect(await deliver(taken('1'))).toEqual({ outcome: 'unchanged', targetId })
    expect(await deliver(taken('2'))).toEqual({ outcome: 'unchanged', targetId })
    await expect(deliver(taken('3'))).rejects.toMatchObject({ code: 'cancellation_refused' })
  })

  it('that waits for the shop is not approved, and is again when the shop releases it', async () => {
    const { targetId } = await deliver(eventOf('33'))
    const held = eventOf('33', { held: true, contentDigest: 'waits' })
    expect(await deliver(held)).toEqual({ outcome: 'written', targetId })
    expect((await orders())[0]).toMatchObject({ Confirmed: 'tNO', U_WLD_Digest: 'held waits' })
    expect(await deliver(held, {}, UNCLEAR)).toEqual({ outcome: 'unchanged', targetId })
    expect(await deliver(eventOf('33'))).toEqual({ outcome: 'written', targetId })
    expect((await orders())[0]).toMatchObject({ Confirmed: 'tYES', U_WLD_Digest: eventOf('33').contentDigest })
  })

  it('is canceled, also twice, and comes back to life as a new one', async () => {
    const { targetId } = await deliver(eventOf('4'))
    const canceled = eventOf('4', { canceled: true, contentDigest: 'gone' })
    expect(await deliver(canceled)).toEqual({ outcome: 'written', targetId })
    expect(await deliver(canceled, {}, UNCLEAR)).toEqual({ outcome: 'unchanged', targetId })
    expect((await orders())[0]).toMatchObject({ Cancelled: 'tYES' })
    const again = await deliver(eventOf('4'))
    expect(again.outcome).toBe('written')
    expect(again.targetId).not.toBe(targetId)
    expect(await deliver(eventOf('5', { canceled: true }))).toEqual({ outcome: 'unchanged', targetId: null })
  })

  it('is found among however many that were canceled before it', async () => {
    for (let times = 0; times < 21; times += 1) {
      await deliver(eventOf('70'))
      await deliver(eventOf('70', { canceled: true, contentDigest: 'gone' }))
    }
    const { targetId } = await deliver(eventOf('70'))
    expect(await deliver(eventOf('70'))).toEqual({ outcome: 'unchanged', targetId })
    expect((await orders()).filter(({ Cancelled }) => Cancelled === 'tNO')).toHaveLength(1)
  })

  it('of which the shop canceled every piece is canceled', async () => {
    const { targetId } = await deliver(eventOf('6'))
    const event = eventOf('6', { contentDigest: 'v2' })
    const none = event.data.lines.map((line) => ({ ...line, quantityCanceled: line.quantityOrdered }))
    expect(await deliver({ ...event, data: { ...event.data, lines: none } })).toEqual({ outcome: 'written', targetId })
    expect((await orders())[0]).toMatchObject({ Cancelled: 'tYES' })
  })

  it('that the vendor canceled stays canceled; a change of it is for a person', async () => {
    const { targetId } = await deliver(eventOf('7'))
    await company.send('POST', `/orders/${targetId}/cancel`)
    expect(await deliver(eventOf('7'))).toEqual({ outcome: 'unchanged', targetId })
    await expect(deliver(eventOf('7', { contentDigest: 'v2' }))).rejects.toThrow('the vendor canceled it in SAP')
    expect(await orders()).toHaveLength(1)
  })

  it('waits for an item that SAP does not have, with nothing written', async () => {
    const event = eventOf('8', {}, { sku: "WLD-NEW'1" })
    await expect(deliver(event)).rejects.toMatchObject({
      code: 'item_missing',
      message: expect.stringContaining("WLD-NEW'1"),
    })
    await company.send('POST', '/items', { ItemCode: "WLD-NEW'1" })
    expect((await deliver(event)).outcome).toBe('written')
  })

  it('with an item that is frozen is refused in SAP’s words', async () => {
    await company.send('PATCH', `/items/${skus[0]}`, { Frozen: 'tYES' })
    await expect(deliver(eventOf('9'))).rejects.toMatchObject({
      code: 'target_rejected',
      message: expect.stringContaining('is inactive'),
    })
  })

  it('of which SAP computes another total does not stay, not even after a crash, and can be tried again', async () => {
    const settings = { taxCode: 'LA' }
    const wrong = eventOf('10', {}, { tax: d('0') })
    const event = { ...wrong, data: { ...wrong.data, tax: d('0') } }
    await expect(deliver(event, settings)).rejects.toMatchObject({
      code: 'totals_differ',
      message: expect.stringContaining('its tax is 2.97 instead of 0'),
    })
    expect((await orders()).map(({ Cancelled }) => Cancelled)).toEqual(['tYES'])
    // As if the worker had died between the create and the comparison.
    const [left] = await orders()
    await company.faults({ path: '/Orders', method: 'PATCH', kind: 'close', times: 1 })
    await expect(deliver(event, settings)).rejects.toMatchObject({ policy: 'retry' })
    expect((await orders()).filter(({ Cancelled }) => Cancelled === 'tNO')).toHaveLength(1)
    await expect(deliver(event, settings, UNCLEAR)).rejects.toMatchObject({ code: 'totals_differ' })
    expect((await orders()).every(({ Cancelled }) => Cancelled === 'tYES')).toBe(true)
    const { targetId } = await deliver(event)
    expect(targetId).not.toBe(String(left?.['DocEntry']))
  })

  it('of another total that can not be taken back now is told as a write that may have come through, never as none', async () => {
    const settings = { taxCode: 'LA' }
    const event = eventOf('60', {}, { tax: d('0') })
    for (const status of [429, 403]) {
      await company.faults({ path: '/Orders', method: 'PATCH', kind: 'status', status, times: 1 })
      const before = (await orders()).length === 0 ? CALM : UNCLEAR
      await expect(deliver(event, settings, before)).rejects.toMatchObject({ code: 'concurrent_change' })
    }
    await company.faults()
    await expect(deliver(event, settings, UNCLEAR)).rejects.toMatchObject({ code: 'totals_differ' })
    expect((await orders()).map(({ Cancelled }) => Cancelled)).toEqual(['tYES'])
  })

  it('that was changed and can not be read then is told as a write that may have come through', async () => {
    await deliver(eventOf('61'))
    await company.faults({ path: String.raw`/Orders\(`, method: 'GET', kind: 'status', status: 429, times: 1 })
    const less = eventOf('61', { contentDigest: 'v2' }, { quantityCanceled: q('1') })
    await expect(deliver(less)).rejects.toMatchObject({ code: 'concurrent_change' })
    await company.faults()
    expect(await deliver(less, {}, UNCLEAR)).toMatchObject({ outcome: 'unchanged' })
  })

  it('has its tax by code, as an expense or not at all', async () => {
    const taxed = eventOf('11', {}, { discount: d('0'), tax: d('2.48') })
    const event = { ...taxed, data: { ...taxed.data, discount: d('0'), tax: d('3.30') } }
    await deliver(event, { taxCode: 'LA' })
    await deliver({ ...event, key: '12' }, { taxExpenseCode: '2' })
    await deliver({ ...event, key: '13' })
    await deliver({ ...event, key: '14', fields: { VatGroup: '"LA"' } })
    expect((await orders()).map(({ DocTotal, VatSum }) => [DocTotal, VatSum])).toEqual([
      [48.29, 3.3],
      [48.29, 0],
      [44.99, 0],
      [48.29, 3.3],
    ])
  })

  it('has freight as an item where that is set; where nothing is, an order with freight pauses its connection', async () => {
    await company.send('POST', '/items', { ItemCode: 'FREIGHT' })
    const both = { freightItemCode: 'FREIGHT' }
    expect(() => company.system(both)).toThrow(/^settings.freightItemCode /)
    const neither = { freightExpenseCode: '' }
    await expect(deliver(eventOf('15'), neither)).rejects.toMatchObject({
      code: 'configuration_invalid',
      field: 'settings.freightExpenseCode',
    })
    const item = { ...both, ...neither }
    const { targetId } = await deliver(eventOf('15'), item)
    const [order] = await orders()
    expect(order).toMatchObject({ DocTotal: 40.99, DocumentAdditionalExpenses: [] })
    expect(wiresOf(order?.['DocumentLines'])[2]).toMatchObject({ ItemCode: 'FREIGHT', Quantity: 1, LineTotal: 5 })
    await company.send('POST', `/orders/${targetId}/deliver`, {})
    const { entities } = await readAll(company.reader('fulfilments', 9, company.system(item)))
    expect(entities[0]?.data.lines.map(({ lineId }) => lineId)).toEqual(['11', '12'])
  })

  it('has no discount of the customer on top', async () => {
    await deliver(eventOf('16'), { cardCode: 'C23900' })
    expect((await orders())[0]).toMatchObject({ CardCode: 'C23900', DocTotal: 40.99, TotalDiscount: 0 })
  })

  it('in a currency that SAP does not know is refused; in a foreign one it adds up there', async () => {
    const event = eventOf('17')
    const euro = { ...event, data: { ...event.data, currency: 'EUR' } }
    await deliver(euro)
    expect((await orders())[0]).toMatchObject({ DocCurrency: 'EUR', DocTotalFc: 40.99, DocTotal: 45.09 })
    await expect(deliver({ ...euro, key: '18', data: { ...euro.data, currency: 'CHF' } })).rejects.toMatchObject({
      code: 'target_rejected',
    })
  })

  it('that is there twice is for a person', async () => {
    await deliver(eventOf('19'))
    const sap = company.client()
    const [order] = await orders()
    const copy = {
      CardCode: 'C20000',
      NumAtCard: order?.['NumAtCard'],
      DocDueDate: '2026-12-01',
      DocumentLines: [{ ItemCode: skus[0], Quantity: 1 }],
    }
    await sap.create('Orders', copy)
    await expect(deliver(eventOf('19', { contentDigest: 'v2' }))).rejects.toMatchObject({
      code: 'target_conflict',
      field: 'NumAtCard',
    })
  })

  it('that changed at SAP while it was changed here is not overwritten', async () => {
    await deliver(eventOf('20'))
    await company.faults({
      path: '/Orders',
      method: 'PATCH',
      kind: 'status',
      status: 412,
      body: { error: { code: '-2039', message: 'Another user modified data' } },
    })
    await expect(deliver(eventOf('20', { contentDigest: 'v2' }))).rejects.toMatchObject({ code: 'target_changed' })
  })
})

describe('customers', () => {
  const partners = async () =>
    (await company.state('BusinessPartners')).filter(({ CardCode }) => !String(CardCode).startsWith('C2'))
  const created = { customers: 'create', customerGroup: '100' }

  it('are made once, under a code that holds no address, also when two orders come at once', async () => {
    const sink = await company.sink(created)
    await Promise.all(['30', '31', '32'].map((key) => sink.deliver(eventOf(key), connection, signal, CALM)))
    const [partner, ...others] = await partners()
    expect(others).toEqual([])
    expect(partner).toMatchObject({ CardName: 'Zoë Łukasz', EmailAddress: 'Zoe@Example.com', CardType: 'cCustomer' })
    expect(String(partner?.['CardCode'])).toMatch(/^W[0-9A-F]{14}$/)
    expect(new Set((await orders()).map(({ CardCode }) => CardCode))).toEqual(new Set([partner?.['CardCode']]))
  })

  it('are looked up by e-mail, and told where there is none', async () => {
    const event = eventOf('33')
    const known = { ...event, data: { ...event.data, customerEmail: 'orders@parameter.example' } }
    await deliver(known, { customers: 'lookup' })
    expect((await orders())[0]).toMatchObject({ CardCode: 'C23900', DocTotal: 40.99 })
    const unknown = deliver(eventOf('34'), { customers: 'lookup' })
    await expect(unknown).rejects.toMatchObject({ code: 'target_rejected', field: 'customerEmail' })
    await expect(unknown).rejects.not.toThrow(/example\.com/i)
  })

  it.each([
    [{ customers: 'some' }, 'settings.customers'],
    [{ taxCode: 'LA', taxExpenseCode: '1' }, 'settings.taxExpenseCode'],
    [{ freightExpenseCode: 'one' }, 'settings.freightExpenseCode'],
    [{ cancelDelivered: 'yes' }, 'settings.cancelDelivered'],
    [{ digestField: 'Digest' }, 'settings.digestField'],
    [{ currencies: 'dollars' }, 'settings.currencies'],
  ])('and settings that make no sense pause the connection: %j', async (settings, field) => {
    expect(() => company.system(settings)).toThrow(new RegExp(`^${field} (must be|cannot be combined with)`))
    // An installation may have them since before they were checked.
    const stored = company.clients.of(company.storedSystem(settings))
    await expect(stored).rejects.toMatchObject({ code: 'configuration_invalid', field })
  })
})

it('what we cancel ourselves is no news for the shop; what the vendor cancels is', async () => {
  const ends = async () =>
    (await readAll(company.reader('fulfilments'))).entities.map(({ data }) => `${data.orderReference} ${data.kind}`)
  await deliver(eventOf('50'))
  await deliver(eventOf('50', { canceled: true, contentDigest: 'gone' }))
  await expect(deliver(eventOf('51'), { taxCode: 'LA' })).rejects.toMatchObject({ code: 'totals_differ' })
  const { targetId } = await deliver(eventOf('52'))
  expect(await ends()).toEqual([])
  await company.send('POST', `/orders/${targetId}/cancel`)
  expect(await ends()).toEqual(['con-52 cancellation'])
})

it('what is written is read back: shipments name the shop’s lines, and the stock that an order holds is not available', async () => {
  const available = async (): Promise<bigint | undefined> => {
    for await (const { entities } of company.reader('inventory', 500).read({ from: null, to: 1 }, null, signal)) {
      const found = entities.find(({ key }) => key === skus[0])
      return found?.data.locations.find(({ location }) => location === 'DS')?.available
    }
    return undefined
  }
  await company.send('PUT', `/items/${skus[0]}/warehouses/DS`, { InStock: 10, Committed: 0 })
  const { targetId } = await deliver(eventOf('40'))
  expect(await available()).toBe(7_0000_0000n)
  await company.send('POST', `/orders/${targetId}/deliver`, { TrackingNumber: 'T1' })
  expect(await available()).toBe(7_0000_0000n)
  const pages = await Array.fromAsync(
    company.reader('fulfilments').read({ from: null, to: Date.UTC(2099, 0) }, null, signal),
  )
  const [shipment] = pages.flatMap(({ entities }) => entities)
  expect(shipment?.data).toMatchObject({
    kind: 'shipment',
    orderReference: 'con-40',
    orderNumber: 'con-40',
    lines: [
      { lineId: '11', sku: skus[0] },
      { lineId: '12', sku: skus[1] },
    ],
    tracks: [{ number: 'T1', carrier: 'FedEx Express' }],
  })
  expect(wireOf(shipment?.data as unknown as Wire)['fulfilmentId']).toMatch(new RegExp(`-${targetId}$`))
})
