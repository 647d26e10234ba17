import { describe, expect, it } from 'vitest'
import { allKeys } from '../../../../src/producers/all-keys.ts'
import type { SapB1Client } from '../../../../src/systems/sap-b1/client.ts'
import { readSapB1Products } from '../../../../src/systems/sap-b1/read-products.ts'
import { settings } from '../../../../src/systems/sap-b1/settings.ts'
import { connectable } from '../../../worlds/settings.ts'
import { readAll, readOf, systemOf, wallClock } from '../../../worlds/sources.ts'

const secrets = { username: 'env:USER', password: 'env:PASSWORD' }

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
    const system = connectable(
      settings,
      systemOf({
        id: 'sap',
        type: 'sap-b1',
        address: 'https://sap.example.com',
        settings: { companyDb: 'C' },
        secrets,
      }),
    )
    const reader = readSapB1Products({ find } as SapB1Client, readOf('sap', 'products', 50), system, wallClock)
    const keys = (await Array.fromAsync(allKeys(reader, Date.now(), new AbortController().signal, false))).flat()
    expect(keys.map(({ key }) => key)).toEqual(['A', 'NEW'])
  })
})

it('items that SAP does not sort by time end a read with an error: what is between a page and the next would be lost', async () => {
  const at = (ItemCode: string, UpdateTime: string) => ({ ItemCode, UpdateDate: '2026-03-01', UpdateTime })
  const find: SapB1Client['find'] = async (collection) => {
    if (collection !== 'Items') return { rows: [], more: false }
    return { rows: [at('A', '09:00:00'), at('C', '11:00:00'), at('B', '10:00:00')], more: true }
  }
  const system = connectable(
    settings,
    systemOf({ id: 'sap', type: 'sap-b1', address: 'https://sap.example.com', settings: { companyDb: 'C' }, secrets }),
  )
  const reader = readSapB1Products({ find } as SapB1Client, readOf('sap', 'products', 3), system, wallClock)
  await expect(readAll(reader)).rejects.toMatchObject({
    code: 'source_data_invalid',
    message: expect.stringMatching(/rows as requested: 2026-03-01 10:00/),
  })
})
