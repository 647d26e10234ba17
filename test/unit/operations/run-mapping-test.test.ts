import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { readShape } from '../../../src/configuration/document-shape.ts'
import { loadForTests } from '../../../src/configuration/load-configuration.ts'
import { type MappingTestDocument, mappingTestSchema } from '../../../src/configuration/mapping-test-schema.ts'
import type { Configuration } from '../../../src/configuration/model.ts'
import { namedDocument } from '../../../src/configuration/yaml-documents.ts'
import { deadLetterAsTest } from '../../../src/operations/dead-letter-as-test.ts'
import { runMappingTest } from '../../../src/operations/run-mapping-test.ts'
import { toPlainEvent } from '../../../src/platform/registry/plain-event.ts'
import { systemTypes } from '../../../src/systems/systems.ts'
import { metadataWith, ruleWith } from '../../data/configuration.ts'
import { connectionOf, lineOf, orderChanged, orderOf, productChanged } from '../../data/processor-events.ts'
import { readOf, uncheckedSystem } from '../../worlds/sources.ts'

const demo = fileURLToPath(new URL('../../../config/demo', import.meta.url))
const orders = readOf('magento', 'orders', 100)
const owner = connectionOf('a', '', { reads: [orders.id], vendor: 'netsuite' })
const configuration: Configuration = {
  revision: 1,
  systems: [uncheckedSystem({ id: 'magento', type: 'magento2', address: 'https://system.example', reads: [orders] })],
  connections: [{ ...owner, ownership: { manufacturer: ['Acme'] } }],
  metadata: [
    metadataWith(
      'a',
      ruleWith('manufacturer', { from: 'manufacturer', required: true }),
      ruleWith('price', { expression: '$round(price, 2)', required: true, type: 'decimal' }),
    ),
  ],
}
const test = (more: Partial<MappingTestDocument>): MappingTestDocument => ({
  kind: 'mapping-test',
  name: 'a test',
  connection: 'a',
  entity: 'products',
  input: { sku: 'X', active: true, manufacturer: 'Acme', price: '1.005' },
  ...more,
})
const run = (more: Partial<MappingTestDocument>) =>
  runMappingTest({ document: test(more), place: 'a.yaml:1' }, configuration)

describe('a mapping test', () => {
  it('passes when the outcome is the one it expects', async () => {
    const passes = [
      await run({ expect: { manufacturer: 'Acme', price: '1.01' } }),
      await run({ input: { sku: 'X', active: true, manufacturer: 'Other', price: '1' }, expectIgnored: 'not_owned' }),
      await run({ input: { sku: 'X', active: true, price: '1' }, expectError: { attribute: 'manufacturer' } }),
      await run({
        input: { sku: 'X', price: '1' },
        expectError: { code: 'value_missing', message: 'active is missing' },
      }),
    ]
    expect(passes.map(({ differences }) => differences)).toEqual([[], [], [], []])
    expect(passes.every(({ passed }) => passed)).toBe(true)
  })

  it('names each field that differs, with both values', async () => {
    expect(await run({ expect: { manufacturer: 'Acme', price: 1.01, colour: 'red' } })).toEqual({
      name: 'a test',
      place: 'a.yaml:1',
      passed: false,
      differences: [
        { field: 'colour', expected: 'red', actual: null },
        { field: 'price', expected: 1.01, actual: '1.01' },
      ],
    })
    expect((await run({ expectError: { code: 'mapping_failed' } })).differences).toEqual([
      { field: 'outcome', expected: 'failed', actual: 'mapped' },
    ])
    const wrong = await run({
      input: { sku: 'X', active: true, manufacturer: 'Acme' },
      expectError: { message: 'other' },
    })
    expect(wrong.differences).toEqual([
      { field: 'error.message', expected: 'other', actual: expect.stringContaining('attribute price') },
    ])
  })

  it('of an order tells whose its lines are, by the products it gives', async () => {
    const input = {
      orderNumber: '1',
      state: 'processing',
      currency: 'USD',
      lines: [
        { lineId: '1', sku: 'X', quantityOrdered: '2', rowTotal: '20.5' },
        { lineId: '2', sku: 'Y', quantityOrdered: '1', rowTotal: '1' },
      ],
      subtotal: '21.5',
      grandTotal: '21.5',
    }
    const products = { X: { manufacturer: 'Acme' }, Y: { manufacturer: 'Other' } }
    const expected = { fields: {}, lines: ['1 X'], grandTotal: '20.5' }
    expect((await run({ entity: 'orders', input, products, expect: expected })).differences).toEqual([])
    expect((await run({ entity: 'orders', input, expectIgnored: 'no_vendor_lines' })).differences).toEqual([])
  })

  it('of the demo passes, each of them', async () => {
    const { configuration: applied, tests } = await loadForTests(demo, { DEMO_VENDOR_PATTERN: '^WLD-' }, systemTypes)
    const results = await Promise.all(tests.map((one) => runMappingTest(one, applied)))
    expect(results.map(({ name, differences }) => [name, differences])).toEqual(
      tests.map(({ document }) => [document.name, []]),
    )
    expect(tests.length).toBeGreaterThanOrEqual(5)
  })
})

describe('a test that is written from a dead letter', () => {
  const letter = { id: 'x', connection: 'a', code: 'mapping_failed' }
  const asTest = (stage: string, field: string, event: unknown) =>
    parse(deadLetterAsTest({ ...letter, stage, field }, event)) as MappingTestDocument

  it('expects what happened, has the shape of a test, and passes as it is', async () => {
    const event = productChanged({ sku: 'X', manufacturer: 'Acme', price: null })
    const document = asTest('map-products', 'price', toPlainEvent('products', event))
    expect(readShape(mappingTestSchema, namedDocument('test', document)).mistakes).toEqual([])
    expect(document).toMatchObject({ expectError: { attribute: 'price', code: 'mapping_failed' }, source: 'netsuite' })
    expect((await runMappingTest({ document, place: '' }, configuration)).differences).toEqual([])
  })

  it('of an order has nothing of the person', () => {
    const event = orderChanged(orderOf([lineOf('1', 'X')]))
    const text = deadLetterAsTest({ ...letter, stage: 'route-orders', field: 'memo' }, toPlainEvent('orders', event))
    for (const personal of ['Zoë', 'Łukasz', '1 Main St', event.data.customerEmail])
      expect(text).not.toContain(personal)
    expect(parse(text)).toMatchObject({ entity: 'orders', input: { billingAddress: { city: 'Austin' } } })
  })

  it.each([
    ['another stage', { ...letter, stage: 'deliver-netsuite', field: null }],
    ['no connection of its own', { ...letter, stage: 'map-products', connection: null, field: null }],
  ])('is refused for one of %s', (_what, of) => {
    expect(() => deadLetterAsTest(of, {})).toThrow(expect.objectContaining({ code: 'state_conflict' }))
  })
})
