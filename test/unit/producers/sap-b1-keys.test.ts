import { describe, expect, it } from 'vitest'
import { allKeys } from '../../../src/producers/all-keys.ts'
import { sapB1Products } from '../../../src/producers/sap-b1-products.ts'
import type { SapB1Client } from '../../../src/systems/sap-b1/client.ts'
import { readOf, systemOf, wallClock } from '../../support/sources.ts'

describe('what SAP has, for a sweep', () => {
  it('has an item also when its first change comes while it is listed', async () => {
    const items = [
      {
        ItemCode: 'A',
        UpdateDate: '2026-03-01',
        UpdateTime: '10:00:00',
        CreateDate: '2026-02-01',
        CreateTime: '10:00',
      },
      { ItemCode: 'NEW', UpdateDate: null as string | null, CreateDate: '2026-03-01', CreateTime: '10:00' },
    ]
    const find: SapB1Client['find'] = async (_collection, { orderBy = [] }) => {
      const rows = items.filter((item) => !orderBy.includes('UpdateDate') || item.UpdateDate !== null)
      const answer = { rows: rows.map((item) => ({ ...item })), more: false }
      for (const item of items) item.UpdateDate = '2026-03-02'
      return answer
    }
    const system = systemOf({ id: 'sap', type: 'sap-b1', address: '' })
    const reader = sapB1Products({ find } as SapB1Client, readOf('sap', 'products', 50), system, wallClock)
    const keys = (await Array.fromAsync(allKeys(reader, Date.now(), new AbortController().signal, false))).flat()
    expect(keys.map(({ key }) => key)).toEqual(['A', 'NEW'])
  })
})
