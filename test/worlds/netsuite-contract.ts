import { beforeAll, describe, expect, it } from 'vitest'
import { exactNumber } from '../../src/platform/json.ts'
import { type Wire, wireOf, wiresOf } from '../../src/systems/kit/wire.ts'
import type { NetSuiteClient } from '../../src/systems/netsuite/client.ts'

export interface NetSuiteFixture {
  readonly client: NetSuiteClient
  /** Of items that the account has, at least two. */
  readonly skus: readonly string[]
  /** Ships pieces of an order's lines, by their numbers, as the vendor's people do. */
  fulfil(order: { readonly id: string; readonly externalId: string }, pieces: ReadonlyMap<number, number>): unknown
}

/** What every account behind the port to NetSuite's records does. */
export function testNetSuiteRecords(factory: () => NetSuiteFixture | Promise<NetSuiteFixture>): void {
  describe('records of NetSuite', () => {
    let account: NetSuiteFixture
    let next = 0
    beforeAll(async () => {
      account = await factory()
    })
    const fresh = () => `contract-${next++} ü/1`
    const customer = async (): Promise<Wire> => ({
      id: await account.client.upsertByExternalId('customer', fresh(), { companyName: `Company ${next}` }),
    })
    const itemIds = async (): Promise<readonly string[]> => {
      const found = await account.client.findItems(account.skus)
      return account.skus.map((sku) => found.get(sku) ?? '')
    }
    const order = async (...lines: Wire[]): Promise<Wire> => {
      const [first] = await itemIds()
      return {
        entity: await customer(),
        custbody_waldstream_digest: 'a',
        item: { items: lines.map((line) => ({ item: { id: first }, rate: 10, ...line })) },
      }
    }
    const read = (id: string) => account.client.getByExternalId('salesOrder', id, { expand: true })
    const linesOf = (record: Wire | null) => wiresOf(wireOf(record?.['item'])['items'])
    const quantities = async (id: string) => linesOf(await read(id)).map((line) => Number(line['quantity']))

    it('are absent, then made, then found by external id and changed', async () => {
      const { client } = account
      const id = fresh()
      expect(await client.getByExternalId('customer', id)).toBeNull()
      const made = await client.upsertByExternalId('customer', id, { companyName: 'A & B', email: 'a@example.com' })
      expect(made).toMatch(/^\d+$/)
      expect(await client.upsertByExternalId('customer', id, { email: 'b@example.com' })).toBe(made)
      expect(await client.getByExternalId('customer', id)).toMatchObject({
        id: made,
        externalId: id,
        companyName: 'A & B',
        email: 'b@example.com',
      })
    })

    it('have an order with its lines, and custom fields of both', async () => {
      const { client } = account
      const id = fresh()
      const body = await order(
        { quantity: 2, amount: exactNumber('20.5'), custcol_waldstream_line: '11' },
        { quantity: 1, custcol_waldstream_line: '12', isClosed: true },
      )
      const made = await client.upsertByExternalId('salesOrder', id, body)
      const found = await read(id)
      expect(found).toMatchObject({ id: made, externalId: id, custbody_waldstream_digest: 'a' })
      expect(linesOf(found)).toMatchObject([
        { line: 1, quantity: 2, amount: 20.5, custcol_waldstream_line: '11', isClosed: false },
        { line: 2, quantity: 1, custcol_waldstream_line: '12', isClosed: true },
      ])
    })

    it('get lines again that are sent again, unless they are replaced', async () => {
      const { client } = account
      const id = fresh()
      const body = await order({ quantity: 1 })
      await client.upsertByExternalId('salesOrder', id, body)
      await client.upsertByExternalId('salesOrder', id, body)
      expect(await quantities(id)).toEqual([1, 1])
      await client.upsertByExternalId('salesOrder', id, await order({ quantity: 3 }), { replace: 'item' })
      expect(await quantities(id)).toEqual([3])
      await client.upsertByExternalId('salesOrder', id, body, { replace: 'item' })
      expect(await quantities(id)).toEqual([1])
    })

    it('change a line that is named, also when lines are replaced', async () => {
      const { client } = account
      const id = fresh()
      await client.upsertByExternalId('salesOrder', id, await order({ quantity: 1 }, { quantity: 2 }))
      const named = linesOf(await read(id)).map(({ line, item, quantity, rate, amount }) => {
        return { line, item: { id: wireOf(item)['id'] }, quantity, rate, amount, isClosed: true }
      })
      await client.upsertByExternalId('salesOrder', id, { item: { items: named } }, { replace: 'item' })
      expect(linesOf(await read(id))).toMatchObject([
        { quantity: 1, isClosed: true },
        { quantity: 2, isClosed: true },
      ])
    })

    it('keep what is not sent', async () => {
      const { client } = account
      const id = fresh()
      await client.upsertByExternalId('salesOrder', id, await order({ quantity: 4 }))
      await client.upsertByExternalId('salesOrder', id, { custbody_waldstream_digest: 'b' })
      expect(await read(id)).toMatchObject({ custbody_waldstream_digest: 'b' })
      expect(await quantities(id)).toEqual([4])
    })

    it('keep lines of which pieces are fulfilled: none is replaced, or has fewer pieces', async () => {
      const { client } = account
      const externalId = fresh()
      const body = await order({ quantity: 3 }, { quantity: 1 })
      const id = await client.upsertByExternalId('salesOrder', externalId, body)
      await account.fulfil({ id, externalId }, new Map([[1, 2]]))
      const lines = linesOf(await read(externalId))
      expect(lines.map((line) => Number(line['quantityFulfilled'] ?? 0))).toEqual([2, 0])
      const refused = { code: 'target_rejected' }
      await expect(
        client.upsertByExternalId('salesOrder', externalId, body, { replace: 'item' }),
      ).rejects.toMatchObject(refused)
      const [item] = await itemIds()
      const first = (quantity: number): Wire => ({ item: { items: [{ line: 1, item: { id: item }, quantity }] } })
      await expect(client.upsertByExternalId('salesOrder', externalId, first(1))).rejects.toMatchObject(refused)
      await client.upsertByExternalId('salesOrder', externalId, first(2))
      expect(await quantities(externalId)).toEqual([2, 1])
    })

    it('are refused with the field that is wrong', async () => {
      const { client } = account
      const id = fresh()
      const refused = (body: Wire) => expect(client.upsertByExternalId('salesOrder', id, body)).rejects
      const field = (name: string) => ({ code: 'target_rejected', field: expect.stringContaining(name) })
      await refused({ ...(await order({ quantity: 1 })), entity: { id: '999999' } }).toMatchObject(field('entity'))
      await refused(await order({ item: { id: '999999' }, quantity: 1 })).toMatchObject(field('item'))
      await refused(await order()).toMatchObject({ code: 'target_rejected' })
      expect(await read(id)).toBeNull()
    })

    it('have items that are found by SKU', async () => {
      const found = await account.client.findItems([...account.skus, 'none'])
      expect([...found.keys()].toSorted()).toEqual(account.skus.toSorted())
      expect(new Set(found.values()).size).toBe(account.skus.length)
    })
  })
}
