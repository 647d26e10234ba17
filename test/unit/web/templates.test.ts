import { describe, expect, it } from 'vitest'
import { editorSchema } from '../../../src/configuration/editor-schema.ts'
import { parseReference } from '../../../src/configuration/reference-form.ts'
import { secretRulesOf } from '../../../src/configuration/secret-rules.ts'
import { systemTypes } from '../../../src/systems/systems.ts'
import type { Schema } from '../../../web/src/pages/connections/schema-fields.ts'
import { connectionBetween, copyOf, systemOfType, systemTypesOf } from '../../../web/src/pages/connections/templates.ts'

const schema = (editorSchema(systemTypes) as Schema).definitions?.['system'] ?? {}
const from = '2026-01-01T00:00:00Z'

describe('a new system', () => {
  it('may be of any type there is, by its title', () => {
    expect(systemTypesOf(schema).map(({ id }) => id)).toEqual([...systemTypes.keys()])
    expect(systemTypesOf(schema).map(({ text }) => text)).toEqual([...systemTypes.values()].map(({ title }) => title))
  })

  it.each([...systemTypes.keys()])('of type %s has its reads, and secrets that it may name', (type) => {
    const document = systemOfType(schema, { id: 'north-erp', type, from })
    const rules = secretRulesOf({})
    for (const reference of Object.values((document['secrets'] ?? {}) as Record<string, string>)) {
      const parsed = parseReference(reference)
      expect(parsed === null ? reference : rules.refusal('north-erp', parsed)).toBeNull()
    }
    const reads = (document['reads'] ?? []) as readonly { entity: string; startFrom?: string }[]
    expect(reads.map(({ entity }) => entity)).toEqual(Object.keys(systemTypes.get(type)?.reads ?? {}))
    for (const { entity, startFrom } of reads) expect(startFrom).toBe(entity === 'orders' ? from : undefined)
  })
})

it('a connection of a shop and a vendor has what either has to give', () => {
  const shop = { id: 'shop', document: { reads: [{ entity: 'orders' }, { entity: 'products' }] } }
  const vendor = { id: 'erp', document: { reads: [{ entity: 'products', scope: 'new' }, { entity: 'inventory' }] } }
  expect(connectionBetween(shop, vendor)).toEqual({
    shop: 'shop',
    vendor: 'erp',
    reads: ['shop.orders.all', 'erp.products.new', 'erp.inventory.all'],
    ownership: { feed: true },
  })
})

it('a copy has a name of its own, and its secrets too', () => {
  const document = {
    kind: 'system',
    id: 'old-erp',
    type: 't',
    secrets: { token: 'env:WALDSTREAM_SECRET_OLD_ERP__TOKEN' },
  }
  expect(copyOf({ id: 'old-erp', document }, 'new-erp')).toEqual({
    type: 't',
    secrets: { token: 'env:WALDSTREAM_SECRET_NEW_ERP__TOKEN' },
  })
})
