import { beforeEach, describe, expect, it } from 'vitest'
import { firstDetail, type Json, startAccount, type TestAccount } from './support.ts'

const EAST = '1'
const WEST = '2'
const time = 'YYYY-MM-DD HH24:MI:SS'

let account: TestAccount
beforeEach(async () => {
  account = await startAccount()
  await account.call('PUT', '/record/v1/customer/eid:c', { companyName: 'C' })
  await setStock('ACME-1', EAST, { quantityonhand: 10, quantityavailable: 10 })
})

const setStock = async (sku: string, location: string, stock: Json) =>
  expect((await account.control('PUT', `/items/${sku}/locations/${location}`, stock)).status).toBe(200)

/** On hand, available, committed and back-ordered. */
async function stockOf(sku: string, location = EAST): Promise<string> {
  const [row] = await account.rows(
    `SELECT l.quantityonhand AS h, l.quantityavailable AS a, l.quantitycommitted AS c, l.quantitybackordered AS b
     FROM aggregateItemLocation l JOIN item i ON i.id = l.item WHERE i.itemid = ? AND l.location = ?`,
    sku,
    location,
  )
  return row === undefined ? 'none' : [row['h'], row['a'], row['c'], row['b']].join(' ')
}

async function changedAt(sku: string, location: string): Promise<unknown> {
  const query = `SELECT TO_CHAR(l.lastquantityavailablechange, '${time}') AS at
    FROM aggregateItemLocation l JOIN item i ON i.id = l.item WHERE i.itemid = ? AND l.location = ?`
  return (await account.rows(query, sku, location))[0]?.['at']
}

async function lineOf(sku: string, quantity: number, more: Json = {}): Promise<Json> {
  const [item] = await account.rows('SELECT id FROM item WHERE itemid = ?', sku)
  return { item: { id: item?.['id'] }, quantity, rate: 10, ...more }
}

/** Writes a whole order; its internal id. */
async function put(key: string, lines: readonly Json[], more: Json = {}): Promise<string> {
  const body = { entity: { externalId: 'c' }, item: { items: lines }, ...more }
  const { status, headers } = await account.call('PUT', `/record/v1/salesOrder/eid:${key}?replace=item`, body)
  expect(status).toBe(204)
  return headers.get('location')?.split('/').at(-1) ?? ''
}

/** Committed and back-ordered quantity of each line. */
async function linesOf(key: string): Promise<unknown[]> {
  const { body } = await account.call('GET', `/record/v1/salesOrder/eid:${key}?expandSubResources=true`)
  const { items } = body['item'] as { items: Json[] }
  return items.map((line) => [line['quantityCommitted'], line['quantityBackOrdered']])
}

describe('an order', () => {
  it('commits stock at its location; the item itself does not look changed', async () => {
    await setStock('ACME-1', WEST, { quantityonhand: 5, quantityavailable: 5 })
    const before = await account.rows('SELECT MAX(lastmodifieddate) AS at FROM item')
    await put('o', [await lineOf('ACME-1', 3), await lineOf('ACME-1', 1, { location: { id: WEST } })])
    expect(await stockOf('ACME-1')).toBe('10 7 3 0')
    expect(await stockOf('ACME-1', WEST)).toBe('5 4 1 0')
    expect(await linesOf('o')).toEqual([
      [3, 0],
      [1, 0],
    ])
    expect(await account.rows('SELECT MAX(lastmodifieddate) AS at FROM item')).toEqual(before)
  })

  it('moves the time of the last change where the available quantity changes, and only there', async () => {
    const [row] = await account.rows(
      `SELECT l.location, TO_CHAR(l.lastquantityavailablechange, '${time}') AS at FROM aggregateItemLocation l
       JOIN item i ON i.id = l.item WHERE i.itemid = 'ACME-2' AND l.quantityavailable > 0`,
    )
    const location = String(row?.['location'])
    await put('o', [await lineOf('ACME-2', 0, { location: { id: location } })])
    expect(await changedAt('ACME-2', location)).toBe(row?.['at'])
    await put('p', [await lineOf('ACME-2', 1, { location: { id: location } })])
    expect(String(await changedAt('ACME-2', location)) > String(row?.['at'])).toBe(true)
  })

  it('of more than there is is accepted, and what cannot be committed is back-ordered', async () => {
    await put('o', [await lineOf('ACME-1', 12)])
    expect(await linesOf('o')).toEqual([[10, 2]])
    expect(await stockOf('ACME-1')).toBe('10 0 10 2')
    await put('late', [await lineOf('ACME-1', 1)])
    expect(await linesOf('late')).toEqual([[0, 1]])
    expect(await stockOf('ACME-1')).toBe('10 0 10 3')
  })

  it('commits the difference when it changes, and nothing twice', async () => {
    await put('o', [await lineOf('ACME-1', 3)])
    const line = { line: 1, ...(await lineOf('ACME-1', 3)) }
    await put('o', [line], { memo: 'again' })
    expect(await stockOf('ACME-1')).toBe('10 7 3 0')
    await put('o', [{ ...line, quantity: 5 }])
    expect(await stockOf('ACME-1')).toBe('10 5 5 0')
    await put('o', [{ ...line, quantity: 2 }])
    expect(await stockOf('ACME-1')).toBe('10 8 2 0')
    await put('o', [{ ...line, ...(await lineOf('ACME-2', 0)) }])
    expect(await stockOf('ACME-1')).toBe('10 10 0 0')
  })

  it('releases what a closed line and a cancelled order had committed', async () => {
    const id = await put('o', [await lineOf('ACME-1', 3), await lineOf('ACME-1', 4)])
    await account.control('POST', `/orders/${id}/close`, { lines: [1] })
    expect(await stockOf('ACME-1')).toBe('10 6 4 0')
    await account.control('POST', `/orders/${id}/cancel`)
    expect(await stockOf('ACME-1')).toBe('10 10 0 0')
    await put('p', [await lineOf('ACME-1', 3)])
    await put('p', [{ line: 1, ...(await lineOf('ACME-1', 3, { isClosed: true })) }])
    expect(await stockOf('ACME-1')).toBe('10 10 0 0')
  })

  it('that waits for approval commits nothing until it is approved', async () => {
    const line = { line: 1, ...(await lineOf('ACME-1', 3)) }
    await put('o', [line], { orderStatus: { id: 'A' } })
    expect(await stockOf('ACME-1')).toBe('10 10 0 0')
    await put('o', [line], { orderStatus: { id: 'B' } })
    expect(await stockOf('ACME-1')).toBe('10 7 3 0')
    await put('o', [line], { orderStatus: { id: 'A' } })
    expect(await stockOf('ACME-1')).toBe('10 10 0 0')
  })

  it('without a location commits nothing, and is not back-ordered', async () => {
    await account.control('PUT', '/rules', { defaultLocation: null })
    await put('o', [await lineOf('ACME-1', 30)])
    expect(await linesOf('o')).toEqual([[0, 0]])
    expect(await stockOf('ACME-1')).toBe('10 10 0 0')
    await put('p', [await lineOf('ACME-1', 3)], { location: { id: EAST } })
    expect(await stockOf('ACME-1')).toBe('10 7 3 0')
  })

  it('with a location that the account does not have is refused', async () => {
    const body = { entity: { externalId: 'c' }, location: { id: '99' }, item: { items: [await lineOf('ACME-1', 1)] } }
    const answer = await account.call('PUT', '/record/v1/salesOrder/eid:o', body)
    expect([answer.status, firstDetail(answer)['o:errorPath']]).toEqual([400, 'location'])
  })

  it('of a kit commits its members', async () => {
    await setStock('ACME-2', EAST, { quantityonhand: 5, quantityavailable: 5 })
    const members = [
      { itemid: 'ACME-1', quantity: 2 },
      { itemid: 'ACME-2', quantity: 2 },
    ]
    await account.control('POST', '/items', { itemid: 'KIT', itemtype: 'Kit', members })
    const id = await put('o', [await lineOf('KIT', 3)])
    expect(await stockOf('ACME-1')).toBe('10 4 6 0')
    expect(await stockOf('ACME-2')).toBe('5 0 5 1')
    expect(await linesOf('o')).toEqual([[2, 1]])
    await account.control('POST', `/orders/${id}/fulfil`, { lines: [{ line: 1, quantity: 2 }] })
    expect(await stockOf('ACME-1')).toBe('6 4 2 0')
    expect(await stockOf('ACME-2')).toBe('1 0 1 1')
  })
})

describe('a fulfilment', () => {
  it('takes pieces out of the stock once it is shipped, and leaves what is available', async () => {
    const id = await put('o', [await lineOf('ACME-1', 4)])
    const at = await changedAt('ACME-1', EAST)
    const ship = { lines: [{ line: 1, quantity: 3 }], shipStatus: 'B' }
    const { body } = await account.control('POST', `/orders/${id}/fulfil`, ship)
    expect(await stockOf('ACME-1')).toBe('10 6 4 0')
    await account.control('PATCH', `/fulfilments/${body['fulfilment']}`, { shipStatus: 'C' })
    expect(await stockOf('ACME-1')).toBe('7 6 1 0')
    expect(await changedAt('ACME-1', EAST)).toBe(at)
    await account.control('PATCH', `/fulfilments/${body['fulfilment']}`, { shipStatus: 'A' })
    expect(await stockOf('ACME-1')).toBe('10 6 4 0')
    await account.control('PATCH', `/fulfilments/${body['fulfilment']}`, { shipStatus: 'C' })
    await account.control('POST', `/orders/${id}/close`)
    expect(await stockOf('ACME-1')).toBe('7 7 0 0')
  })

  it('from another location releases what was committed at the line’s own', async () => {
    await setStock('ACME-1', WEST, { quantityonhand: 5, quantityavailable: 5 })
    const id = await put('o', [await lineOf('ACME-1', 4)])
    await account.control('POST', `/orders/${id}/fulfil`, { lines: [{ line: 1, location: Number(WEST) }] })
    expect(await stockOf('ACME-1')).toBe('10 10 0 0')
    expect(await stockOf('ACME-1', WEST)).toBe('1 1 0 0')
  })

  it('of more than is there leaves the location owing', async () => {
    const id = await put('o', [await lineOf('ACME-1', 12)])
    await account.control('POST', `/orders/${id}/fulfil`, {})
    expect(await stockOf('ACME-1')).toBe('-2 -2 0 0')
  })
})

describe('back orders', () => {
  it('get stock that arrives, and stock that another order releases, the oldest first', async () => {
    const first = await put('first', [await lineOf('ACME-1', 8)])
    await put('second', [await lineOf('ACME-1', 6)])
    await put('third', [await lineOf('ACME-1', 4)])
    expect(await stockOf('ACME-1')).toBe('10 0 10 8')
    await setStock('ACME-1', EAST, { quantityonhand: 13 })
    expect([await linesOf('second'), await linesOf('third')]).toEqual([[[5, 1]], [[0, 4]]])
    await account.control('POST', `/orders/${first}/cancel`)
    expect([await linesOf('second'), await linesOf('third')]).toEqual([[[6, 0]], [[4, 0]]])
    expect(await stockOf('ACME-1')).toBe('13 3 10 0')
  })

  it('stay back orders where a test sets what is available', async () => {
    await put('first', [await lineOf('ACME-1', 8)])
    await put('second', [await lineOf('ACME-1', 6)])
    await setStock('ACME-1', EAST, { quantityonhand: 12, quantityavailable: 3 })
    expect([await linesOf('first'), await linesOf('second')]).toEqual([[[8, 0]], [[1, 5]]])
    expect(await stockOf('ACME-1')).toBe('12 3 9 5')
  })
})
