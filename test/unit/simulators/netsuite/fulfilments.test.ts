import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { firstDetail, type Json, startAccount, type TestAccount, temporaryFolder } from './support.ts'

/** An order of three lines; its internal id. */
async function ordered(account: TestAccount): Promise<string> {
  await account.call('PUT', '/record/v1/customer/eid:c', { companyName: 'C' })
  const ids = await account.rows('SELECT id FROM item ORDER BY id')
  const items = ids.slice(0, 3).map(({ id }, index) => ({ item: { id }, quantity: index + 1, rate: 10 }))
  const body = { entity: { externalId: 'c' }, custbody_waldstream_digest: 'd', item: { items } }
  const { headers } = await account.call('PUT', '/record/v1/salesOrder/eid:o', body)
  return headers.get('location')?.split('/').at(-1) ?? ''
}
const transform = (account: TestAccount, id: string, body?: unknown) =>
  account.call('POST', `/record/v1/salesOrder/${id}/!transform/itemFulfillment`, body)
const order = async (account: TestAccount, id: string): Promise<Json> =>
  (await account.call('GET', `/record/v1/salesOrder/${id}?expandSubResources=true`)).body
const status = async (account: TestAccount, id: string) => ((await order(account, id))['status'] as Json)['id']
const fulfilled = async (account: TestAccount, id: string) =>
  (((await order(account, id))['item'] as Json)['items'] as Json[]).map((line) => line['quantityFulfilled'])

describe('an order turned into an item fulfilment', () => {
  it('ships what is named in its quantity, what is not named in full, and leaves out what is not received', async () => {
    const account = await startAccount()
    const id = await ordered(account)
    const items = [
      { orderLine: 2, quantity: 1, location: 6 },
      { orderLine: 3, itemReceive: false },
    ]
    const made = await transform(account, id, { item: { items } })
    expect(made.status).toBe(204)
    expect(await fulfilled(account, id)).toEqual([1, 1, 0])
    expect(await status(account, id)).toBe('D')
    const path = new URL(made.headers.get('location') ?? '').pathname.replace('/services/rest', '')
    const { body } = await account.call('GET', `${path}?expandSubResources=true`)
    expect(body).toMatchObject({ createdFrom: { id }, shipStatus: { id: 'C', refName: 'Shipped' } })
    expect((body['item'] as Json)['items']).toMatchObject([
      { orderLine: 1, quantity: 1 },
      { orderLine: 2, quantity: 1, location: { id: '6', refName: 'Drop Ship' } },
    ])
    await transform(account, 'eid:o')
    expect(await status(account, id)).toBe('F')
    expect(await fulfilled(account, id)).toEqual([1, 2, 3])
  })

  it('is refused with what is wrong, and changes nothing then', async () => {
    const account = await startAccount()
    const id = await ordered(account)
    const refused = async (items: object[]) => firstDetail(await transform(account, id, { item: { items } }))
    expect(await refused([{ orderLine: 9 }])).toMatchObject({ 'o:errorPath': 'item.items[0].orderLine' })
    expect(await refused([{ orderLine: 1, quantity: 2 }])).toMatchObject({ 'o:errorPath': 'item.items[0].quantity' })
    expect(await fulfilled(account, id)).toEqual([0, 0, 0])
    await transform(account, id)
    expect((await transform(account, id)).status).toBe(400)
    expect((await transform(account, '99999')).status).toBe(404)
  })

  it('leaves the order as it was once it is cancelled, and it can’t be cancelled afterwards', async () => {
    const account = await startAccount()
    const id = await ordered(account)
    await account.control('POST', `/orders/${id}/cancel`)
    expect(await status(account, id)).toBe('C')
    expect((await transform(account, id)).status).toBe(400)
    const edited = await account.call('PUT', '/record/v1/salesOrder/eid:o', { memo: 'x' })
    expect(firstDetail(edited)).toMatchObject({
      'o:errorCode': 'USER_ERROR',
      detail: expect.stringContaining('cancelled'),
    })
    await account.control('POST', '/reset')
    const other = await ordered(account)
    await transform(account, other)
    expect((await account.control('POST', `/orders/${other}/cancel`)).status).toBe(400)
  })

  it('shows in SuiteQL with its order, each way', async () => {
    const account = await startAccount()
    const id = await ordered(account)
    await account.control('POST', `/orders/${id}/fulfil`, { lines: [{ line: 1 }] })
    await account.control('POST', `/orders/${id}/close`, { lines: [2] })
    const shipments = `SELECT t.id, t.type, line.createdfrom FROM transaction t JOIN transactionline line
      ON line.transaction = t.id AND line.mainline = 'T' WHERE t.type = 'ItemShip'`
    const [shipment] = await account.rows(shipments)
    expect(shipment).toMatchObject({ createdfrom: id })
    expect(await account.rows('SELECT previousdoc, nextdoc FROM nexttransactionlink')).toEqual([
      { previousdoc: id, nextdoc: shipment?.['id'] },
    ])
    const closed = `SELECT line.linesequencenumber AS n FROM transactionline line
      WHERE line.isclosed = 'T' AND line.transaction = ?`
    expect(await account.rows(closed, id)).toEqual([{ n: '2' }])
    expect(await status(account, id)).toBe('D')
  })
})

it('data of an older layout is made again', async () => {
  const dataFile = `${temporaryFolder()}/old.sqlite`
  const old = new DatabaseSync(dataFile)
  old.exec(
    "CREATE TABLE sim_item (id INTEGER PRIMARY KEY, itemid TEXT); INSERT INTO sim_item VALUES (1, 'OLD'); PRAGMA user_version = 1",
  )
  old.close()
  const account = await startAccount({ dataFile })
  expect(await account.rows("SELECT COUNT(*) AS n FROM item WHERE itemid = 'OLD'")).toEqual([{ n: '0' }])
  expect(Number((await account.rows('SELECT COUNT(*) AS n FROM item'))[0]?.['n'])).toBeGreaterThan(0)
})
