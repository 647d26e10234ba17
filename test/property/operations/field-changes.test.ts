/**
 * DynamoDB returns the keys of a map in an order of its own. Members of a list were named by their first text, so an
 * unchanged document had "changes": `waldstream apply --dry-run` showed 129 lines where nothing had changed.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rowsOf } from '../../../src/configuration/apply-configuration.ts'
import { loadConfiguration } from '../../../src/configuration/load-configuration.ts'
import { documentOf } from '../../../src/configuration/stored-form.ts'
import { type Fields, isFields } from '../../../src/events/fields.ts'
import { fieldChanges } from '../../../src/operations/history/field-changes.ts'
import { systemTypes } from '../../../src/systems/systems.ts'

/** The same value with the keys of every map in another order. */
function shuffled(value: unknown, next: () => number): unknown {
  if (Array.isArray(value)) return value.map((one) => shuffled(one, next))
  if (!isFields(value)) return value
  const ranked = Object.entries(value).map((entry) => ({ entry, rank: next() }))
  const sorted = ranked.toSorted((one, other) => one.rank - other.rank)
  return Object.fromEntries(sorted.map(({ entry: [key, one] }) => [key, shuffled(one, next)]))
}

const inAnyOrder = (fields: Fields, order: readonly number[]): Fields => {
  let at = 0
  return shuffled(fields, () => order[at++ % order.length] ?? 0) as Fields
}

const orders = fc.array(fc.integer(), { minLength: 50, maxLength: 50 })
const names = ['id', 'attribute', 'entity', 'scope', 'location', 'lineId', 'sku', 'level', 'url', 'zeta', 'alpha']
const texts = fc.constantFrom('a', 'b', 'c', '1', '2')
const member = fc.dictionary(fc.constantFrom(...names), fc.oneof(texts, fc.integer(), fc.constant(null), fc.boolean()))
const content = fc.dictionary(
  texts,
  fc.oneof(texts, fc.array(member, { maxLength: 4 }), member, fc.record({ tiers: fc.array(member, { maxLength: 3 }) })),
)

describe('the order of keys', () => {
  it('is no change of any content', () => {
    fc.assert(
      fc.property(content, orders, (fields, order) => {
        expect(fieldChanges(fields, inAnyOrder(fields, order))).toEqual([])
      }),
    )
  })

  it('does not alter the changes of two contents', () => {
    const sorted = (before: Fields, after: Fields) =>
      fieldChanges(before, after).toSorted((one, other) => (one.field < other.field ? -1 : 1))
    fc.assert(
      fc.property(content, content, orders, (before, after, order) => {
        expect(sorted(inAnyOrder(before, order), inAnyOrder(after, order))).toEqual(sorted(before, after))
      }),
    )
  })

  it('is no change of a document of the demo', async () => {
    const folder = 'config/demo'
    const text = readdirSync(folder)
      .map((file) => readFileSync(join(folder, file), 'utf8'))
      .join('\n')
    const variables = [...text.matchAll(/env:(\w+)/g)].map(([, name]) => [name, 'http://127.0.0.1:1'])
    const environment = {
      ...Object.fromEntries(variables),
      ALLOWED_HTTP_HOSTS: '127.0.0.0/8',
      ALLOWED_PRIVATE_NETWORKS: '127.0.0.0/8',
    }
    const rows = rowsOf(await loadConfiguration(folder, environment, systemTypes))
    const documents = rows.map(({ kind, document }) => documentOf(kind, document))
    fc.assert(
      fc.property(orders, (order) => {
        for (const document of documents) expect(fieldChanges(document, inAnyOrder(document, order))).toEqual([])
      }),
      { numRuns: 20 },
    )
  })
})

describe('a member of a list', () => {
  const change = (before: readonly Fields[], after: readonly Fields[]) =>
    fieldChanges({ list: before }, { list: after }).map(({ field, before: old, after: now }) => [field, old, now])

  it('is named by what identifies it, whatever else it has', () => {
    expect(
      change(
        [
          { settle: 2, zone: 'UTC', scope: 'all', entity: 'orders' },
          { scope: 'b2b', settle: 2, entity: 'orders' },
        ],
        [
          { entity: 'orders', scope: 'all', settle: 5, zone: 'UTC' },
          { entity: 'orders', scope: 'b2b', settle: 2 },
        ],
      ),
    ).toEqual([['list[orders.all].settle', 2, 5]])
    expect(change([{ required: true, from: 'x', attribute: 'name' }], [{ attribute: 'name', from: 'y' }])).toEqual([
      ['list[name].required', true, null],
      ['list[name].from', 'x', 'y'],
    ])
    expect(change([{ discount: '0', sku: 'A', lineId: '1' }], [{ lineId: '1', sku: 'A', discount: '2' }])).toEqual([
      ['list[1].discount', '0', '2'],
    ])
    expect(change([{ available: '1', on_hand: '2', location: 'main' }], [])).toEqual([
      ['list[main].available', '1', null],
      ['list[main].on_hand', '2', null],
      ['list', null, []],
    ])
  })

  it('has the same name on both sides where one of them has more fields', () => {
    expect(change([{ name: 'a', size: '1' }], [{ code: 'c', name: 'a', size: '1' }])).toEqual([
      ['list[a].code', null, 'c'],
    ])
  })
})
