// The page shows recorded JSON: a field that a schema renames, or an amount that is mistyped, would teach what is wrong.

import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { decimal4, sum, text4 } from '../../../src/events/decimal.ts'

interface Schema {
  readonly fields: readonly { readonly name: string; readonly type: unknown }[]
}

interface ShownEvent {
  readonly data: Readonly<Record<string, unknown>>
}

const ROOT = new URL('../../../', import.meta.url)
const page = readFileSync(new URL('docs/explanation/one-order.md', ROOT), 'utf8')
const blocks = [...page.matchAll(/^```json\n(.*?)^```/gms)].map(([, block = '']) => JSON.parse(block) as object)
const events = blocks.filter((block): block is ShownEvent => 'eventId' in block)

const schemaOf = (name: string) => JSON.parse(readFileSync(new URL(`schemas/${name}.avsc`, ROOT), 'utf8')) as Schema
const namesOf = ({ fields }: Schema) => fields.map(({ name }) => name)

function dataNames({ fields }: Schema): readonly string[] {
  const data = fields.find(({ name }) => name === 'data')?.type
  return namesOf(data as Schema)
}

it.each(['order-changed', 'vendor-order-requested', 'fulfilment-changed'].map((name, index) => [name, index] as const))(
  'shows an event of the schema %s',
  (name, index) => {
    const event = events[index]
    if (event === undefined) return expect.unreachable()
    expect(namesOf(schemaOf(name))).toEqual(expect.arrayContaining(Object.keys(event)))
    expect(dataNames(schemaOf(name))).toEqual(expect.arrayContaining(Object.keys(event.data)))
  },
)

it.each([0, 1])('the amounts of order %i add up to its total', (index) => {
  const data = events[index]?.data ?? {}
  const amount = (name: string) => decimal4(String(data[name]), name)
  const parts = ['subtotal', 'shipping', 'shippingTax', 'tax'].map(amount)
  expect(text4(sum(parts))).toBe(data['grandTotal'])
})
