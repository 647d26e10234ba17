import { expect, it } from 'vitest'
import type { SapB1Client } from '../../../../src/systems/sap-b1/client.ts'
import { findByKeys } from '../../../../src/systems/sap-b1/lookups.ts'

const signal = new AbortController().signal

/** A company of which a page that is full tells of another, be there one or not. */
const client = (rows: readonly string[]) =>
  ({
    find: async (_collection: string, { pageSize }: { readonly pageSize: number }) => ({
      rows: rows.slice(0, pageSize).map((ItemCode) => ({ ItemCode })),
      more: rows.length >= pageSize,
    }),
  }) as unknown as SapB1Client

const codes = Array.from({ length: 20 }, (_, index) => `A${index}`)
const key = { name: 'ItemCode', literals: codes.map((code) => `'${code}'`), select: ['ItemCode'] }

it('a page that has every entity asked for is whole, whatever it tells of further ones', async () => {
  expect(await findByKeys(client(codes), 'Items', key, signal)).toHaveLength(20)
})

it('more entities than were asked for are refused', async () => {
  await expect(findByKeys(client([...codes, 'a1']), 'Items', key, signal)).rejects.toMatchObject({
    code: 'source_data_invalid',
  })
})
