import { beforeEach, describe, expect, it } from 'vitest'
import { type Answer, firstDetail, type Json, startAccount, type TestAccount } from './support.ts'

let account: TestAccount
let itemIds: Map<string, string>
beforeEach(async () => {
  account = await startAccount()
  const rows = await account.rows('SELECT id, itemid FROM item')
  itemIds = new Map(rows.map(({ id, itemid }) => [String(itemid), String(id)]))
})

const idOf = (sku: string) => itemIds.get(sku) ?? ''
const line = (sku: string, more: Json = {}): Json => ({ item: { id: idOf(sku) }, quantity: 2, rate: 10.05, ...more })
const put = (path: string, body: unknown, headers?: Record<string, string>) =>
  account.call('PUT', `/record/v1/${path}`, body, headers)
const read = async (path: string): Promise<Json> =>
  (await account.call('GET', `/record/v1/${path}?expandSubResources=true`)).body
const items = (record: Json): Json[] => (record['item'] as { items: Json[] }).items

async function putCustomer(): Promise<string> {
  const answer = await put('customer/eid:shop-7', { companyName: 'Żółw & Søn', email: 'a@example.com' })
  return answer.headers.get('location')?.split('/').at(-1) ?? ''
}
const order = (more: Json = {}): Json => ({
  entity: { externalId: 'shop-7' },
  otherRefNum: '000000042',
  item: { items: [line('ACME-1'), line('ACME-2', { amount: 21 })] },
  ...more,
})

describe('customers', () => {
  it('are made and changed by external id, with one id', async () => {
    const first = await put('customer/eid:shop-7', { companyName: 'One' })
    const second = await put('customer/eid:shop-7', { email: 'a@example.com' })
    expect([first.status, second.status]).toEqual([204, 204])
    expect(second.headers.get('location')).toBe(first.headers.get('location'))
    const path = new URL(first.headers.get('location') ?? '').pathname.replace('/services/rest/record/v1/', '')
    expect(path).toMatch(/^customer\/\d+$/)
    expect(await read(path)).toMatchObject({ companyName: 'One', email: 'a@example.com', externalId: 'shop-7' })
    expect((await account.control('GET', '/state')).body['customers']).toHaveLength(1)
  })

  it('need a name', async () => {
    const answer = await put('customer/eid:shop-8', { isPerson: true, firstName: 'A' })
    expect(answer.status).toBe(400)
    expect(firstDetail(answer)).toMatchObject({ 'o:errorCode': 'USER_ERROR' })
    expect(firstDetail(answer)['detail']).toContain('Please enter value(s) for: Last Name')
  })

  it('get their addresses appended, unless they are replaced', async () => {
    const address = { addressBook: { items: [{ defaultBilling: true, addressBookAddress: { city: 'Łódź' } }] } }
    await put('customer/eid:shop-7', { companyName: 'One', ...address })
    await put('customer/eid:shop-7', address)
    const count = async () => ((await read('customer/eid:shop-7'))['addressBook'] as { items: Json[] }).items.length
    expect(await count()).toBe(2)
    await put('customer/eid:shop-7?replace=addressBook', address)
    expect(await count()).toBe(1)
  })
})

describe('a sales order', () => {
  beforeEach(putCustomer)

  it('is made by PUT eid, answered 204 with its location, and totals are exact', async () => {
    const discount = { discountItem: { id: '77' }, discountRate: -5 }
    const header = { shippingCost: 7.1, taxTotal: 0.2, custbody_source: 'shop', ...discount }
    const { status, headers } = await put('salesOrder/eid:c-42', order(header))
    expect(status).toBe(204)
    expect(headers.get('location')).toMatch(/\/services\/rest\/record\/v1\/salesOrder\/\d+$/)
    const record = await read('salesOrder/eid:c-42')
    expect(record).toMatchObject({
      externalId: 'c-42',
      otherRefNum: '000000042',
      custbody_source: 'shop',
      status: { id: 'B', refName: 'Pending Fulfillment' },
      subtotal: 41.1,
      total: 43.4,
      shippingCost: 7.1,
      taxTotal: 0.2,
      discountTotal: -5,
    })
    expect(items(record)).toMatchObject([
      { line: 1, item: { id: idOf('ACME-1'), refName: 'ACME-1' }, quantity: 2, rate: 10.05, amount: 20.1 },
      { line: 2, item: { id: idOf('ACME-2'), refName: 'ACME-2' }, quantity: 2, rate: 10.05, amount: 21 },
    ])
  })

  it('has its lines appended by a second PUT, and replaced with replace=item', async () => {
    await put('salesOrder/eid:c-42', order())
    await put('salesOrder/eid:c-42', order())
    const twice = await read('salesOrder/eid:c-42')
    expect(items(twice).map((entry) => entry['line'])).toEqual([1, 2, 3, 4])
    expect(twice['subtotal']).toBe(82.2)
    await put('salesOrder/eid:c-42?replace=item', order())
    const replaced = await read('salesOrder/eid:c-42')
    expect(items(replaced)).toHaveLength(2)
    expect(replaced['subtotal']).toBe(41.1)
    expect(replaced['id']).toBe(twice['id'])
    expect((await account.control('GET', '/state')).body['salesOrders']).toEqual([
      {
        ...replaced,
        links: expect.anything(),
        entity: expect.anything(),
        item: expect.objectContaining({ totalResults: 2 }),
      },
    ])
  })

  it('keeps a line that is named by its key and changes it', async () => {
    await put('salesOrder/eid:c-42', order())
    const before = items(await read('salesOrder/eid:c-42'))
    const { id } = await read('salesOrder/eid:c-42')
    const body = { item: { items: [{ line: 2, quantity: 3 }] } }
    expect((await account.call('PATCH', `/record/v1/salesOrder/${id}?replace=item`, body)).status).toBe(204)
    const after = items(await read('salesOrder/eid:c-42'))
    expect(after).toMatchObject([{ line: 2, lineUniqueKey: before[1]?.['lineUniqueKey'], quantity: 3, amount: 30.15 }])
  })

  it('shows sublists as links only, unless they are asked for', async () => {
    await put('salesOrder/eid:c-42', order({ shippingAddress: { addressee: 'Jiří', city: 'Praha' } }))
    const { body } = await account.call('GET', '/record/v1/salesOrder/eid:c-42')
    expect(body['item']).toEqual({ links: [{ rel: 'self', href: expect.stringMatching(/salesOrder\/\d+\/item$/) }] })
    expect(body['shippingAddress']).toEqual({ links: expect.anything() })
    const expanded = await read('salesOrder/eid:c-42')
    expect(expanded['shippingAddress']).toMatchObject({ addressee: 'Jiří', city: 'Praha' })
    const sublist = await account.call('GET', `/record/v1/salesOrder/${body['id']}/item`)
    expect(sublist.body['items']).toEqual(items(expanded))
  })

  it('is found by q, and in SuiteQL with its lines', async () => {
    await put('salesOrder/eid:c-42', order())
    const q = encodeURIComponent('externalId IS "c-42" AND otherRefNum IS "000000042"')
    const found = await account.call('GET', `/record/v1/salesOrder?q=${q}`)
    expect(found.body).toMatchObject({ count: 1, totalResults: 1, hasMore: false })
    const wrong = await account.call('GET', '/record/v1/salesOrder?q=memo2%20IS%20x')
    expect(wrong.status).toBe(400)
    expect(firstDetail(wrong)).toMatchObject({ 'o:errorCode': 'NONEXISTENT_FIELD', 'o:errorQueryParam': 'q' })
    const rows = await account.rows(
      `SELECT t.tranid, t.externalid, BUILTIN.DF(tl.item) AS sku, tl.quantity FROM transaction t
       JOIN transactionline tl ON tl.transaction = t.id WHERE tl.mainline = 'F' ORDER BY tl.linesequencenumber`,
    )
    const tranid = expect.stringMatching(/^SO\d+$/)
    expect(rows).toEqual([
      { tranid, externalid: 'c-42', sku: 'ACME-1', quantity: '-2' },
      { tranid, externalid: 'c-42', sku: 'ACME-2', quantity: '-2' },
    ])
  })

  it('can’t have its lines replaced once it is fulfilled, but its header changed', async () => {
    await put('salesOrder/eid:c-42', order())
    const { id } = await read('salesOrder/eid:c-42')
    expect((await account.control('POST', `/salesOrders/${id}/fulfill`)).status).toBe(200)
    const refused = await put('salesOrder/eid:c-42?replace=item', order())
    expect(refused.status).toBe(400)
    expect(firstDetail(refused)).toMatchObject({ 'o:errorCode': 'USER_ERROR' })
    expect((await put('salesOrder/eid:c-42?replace=item', { memo: 'later' })).status).toBe(204)
    expect(await read('salesOrder/eid:c-42')).toMatchObject({ memo: 'later', status: { id: 'F' } })
  })
})

describe('what is refused', () => {
  const invalid = async (answer: Promise<Answer>, path: string) => {
    const { status, body } = await answer
    expect(status).toBe(400)
    expect((body['o:errorDetails'] as Json[])[0]).toMatchObject({
      'o:errorCode': 'INVALID_CONTENT',
      'o:errorPath': path,
    })
    expect((await account.control('GET', '/state')).body['salesOrders']).toEqual([])
  }

  it('a customer, an item or a location that does not exist, without a trace', async () => {
    await invalid(put('salesOrder/eid:c-1', order()), 'entity')
    await putCustomer()
    const unknownItem = order({ item: { items: [line('ACME-1'), { item: { id: '9' } }] } })
    await invalid(put('salesOrder/eid:c-1', unknownItem), 'item.items[1].item')
    const elsewhere = order({ item: { items: [line('ACME-1', { location: { id: '77' } })] } })
    await invalid(put('salesOrder/eid:c-1', elsewhere), 'item.items[0].location')
  })

  it('a value of a wrong type, at its path', async () => {
    await putCustomer()
    await invalid(put('salesOrder/eid:c-1', order({ shippingCost: '7' })), 'shippingCost')
    await invalid(put('salesOrder/eid:c-1', order({ tranDate: '3/2/2026' })), 'tranDate')
    await invalid(put('salesOrder/eid:c-1', order({ entity: '7' })), 'entity')
    const text = order({ item: { items: [line('ACME-1', { quantity: '2' })] } })
    await invalid(put('salesOrder/eid:c-1', text), 'item.items[0].quantity')
  })

  it('an order without lines', async () => {
    await putCustomer()
    const answer = await put('salesOrder/eid:c-1', order({ item: { items: [] } }))
    expect(answer.status).toBe(400)
    expect(firstDetail(answer)['detail']).toContain('at least one line item')
  })

  it('an unknown field only when that is asked for; else it is a warning', async () => {
    await putCustomer()
    const body = order({ colour: 'red' })
    await invalid(put('salesOrder/eid:c-1', body, { 'x-netsuite-propertynamevalidation': 'Error' }), 'colour')
    const warned = await put('salesOrder/eid:c-1', body)
    expect([warned.status, warned.headers.get('warning')]).toEqual([204, expect.stringContaining('colour')])
  })

  it('an external id that another record has, and a record that does not exist', async () => {
    await putCustomer()
    await put('salesOrder/eid:c-1', order())
    const again = await account.call('POST', '/record/v1/salesOrder', order({ externalId: 'c-1' }))
    expect(again.status).toBe(400)
    expect(firstDetail(again)['detail']).toContain('already exists')
    const missing = await account.call('GET', '/record/v1/salesOrder/eid:none')
    expect([missing.status, firstDetail(missing)['o:errorCode']]).toEqual([404, 'NONEXISTENT_ID'])
    expect((await account.call('PUT', '/record/v1/salesOrder/5001', {})).status).toBe(405)
  })
})

it('an inventory item shows its prices and locations', async () => {
  const record = await read(`inventoryItem/${idOf('ACME-3')}`)
  expect(record).toMatchObject({
    itemId: 'ACME-3',
    displayName: 'Bottle',
    quantityOnHand: 2.5,
    isInactive: false,
    weight: 0.4,
  })
  const prices = (record['price'] as { items: Json[] }).items
  expect(prices.map(({ priceLevelName, price }) => [priceLevelName, price])).toEqual([
    ['Base Price', 5],
    ['Wholesale', 3],
  ])
  expect((await account.call('PATCH', `/record/v1/inventoryItem/${record['id']}`, {})).status).toBe(404)
})
