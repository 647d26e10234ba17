import { describe, expect, it } from 'vitest'
import { claimTables, createClaimStore, placeOfSku } from '../../../../src/processors/stock/claim-rows.ts'
import type { SkuClaims } from '../../../../src/rules/sku-claims.ts'
import { memoryTables } from '../../../memory/tables.ts'

const PLACE = placeOfSku('acme', 'A-1')
const NOTHING = { revision: 0, state: undefined }

function open() {
  const tables = memoryTables(claimTables)
  return { tables, store: createClaimStore(tables, { now: () => 1_780_000_000_000 }) }
}

/** What so many orders claim, half of them acknowledged, each at a time of its own. */
function claimsOf(count: number): SkuClaims {
  const orders = Array.from({ length: count }, (_, index) => {
    const since = 1_779_999_000_000 + index * 37
    const told = index % 2 === 0 ? [] : [{ at: since + 1_000 + (index % 997), quantity: '1' }]
    return [`shop-${index % 3}|${String(100_000_000 + index)}`, { open: told.length === 0 ? '1' : '0', told, since }]
  })
  return { orders: Object.fromEntries(orders), heldUntil: null, oversoldSince: null }
}

describe('the claims of a SKU', () => {
  it.each([1, 3_000, 15_000])('are kept of %i orders on their way', async (count) => {
    const { store } = open()
    const state = claimsOf(count)
    expect(await store.write(PLACE, NOTHING, { revision: 1, state })).toBe(true)
    expect(await store.sku(PLACE)).toEqual({ revision: 1, state })
  })

  it('are plain as long as they fit: an earlier version reads them too', async () => {
    const { store, tables } = open()
    const state = claimsOf(3_000)
    await store.write(PLACE, NOTHING, { revision: 1, state })
    const row = await tables.get('stock_claims', { ...PLACE })
    expect(JSON.parse(String(row?.['state']))).toEqual(state)
  })

  it('of more orders than an item holds are refused, and nothing is changed', async () => {
    const { store } = open()
    const known = { revision: 1, state: claimsOf(10) }
    await store.write(PLACE, NOTHING, known)
    const more = store.write(PLACE, known, { revision: 2, state: claimsOf(60_000) })
    await expect(more).rejects.toMatchObject({ code: 'value_too_large' })
    expect(await store.sku(PLACE)).toEqual(known)
  })
})
