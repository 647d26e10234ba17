import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { topics } from '../../../../src/events/topics.ts'
import { logicalTypeChanges } from '../../../../src/platform/registry/logical-type-changes.ts'

const order = readFileSync(new URL('../../../../schemas/order-changed.avsc', import.meta.url), 'utf8')
const record = (type: unknown) =>
  JSON.stringify({ type: 'record', name: 'R', fields: [{ name: 'lines', type: { type: 'array', items: type } }] })
const inLine = (type: unknown) => record({ type: 'record', name: 'Line', fields: [{ name: 'price', type }] })
const decimal = { type: 'bytes', logicalType: 'decimal', precision: 28, scale: 8 }

describe('changes of logical types', () => {
  it.each(topics.map(({ schema }) => schema))('are none between %s and itself', (file) => {
    const text = readFileSync(new URL(`../../../../schemas/${file}.avsc`, import.meta.url), 'utf8')
    expect(logicalTypeChanges(text, text)).toEqual([])
  })

  it('are found where a scale is changed on purpose in a real schema', () => {
    const changed = order.replace('"scale": 8', '"scale": 6')
    expect(changed).not.toBe(order)
    const [change, ...more] = logicalTypeChanges(order, changed)
    expect(change).toMatch(/^data\.lines\[\]\.\w+: .*scale 8 became .*scale 6$/)
    expect(more).toEqual([])
  })

  it('are found whichever attribute changes, also within a union', () => {
    const was = 'lines[].price: logicalType decimal, precision 28, scale 8'
    const precise = { ...decimal, precision: 30 }
    const { logicalType: _, ...bare } = decimal
    expect(logicalTypeChanges(inLine(decimal), inLine(precise))).toEqual([
      `${was} became logicalType decimal, precision 30, scale 8`,
    ])
    expect(logicalTypeChanges(inLine(['null', decimal]), inLine(['null', bare]))).toEqual([
      `${was} became precision 28, scale 8`,
    ])
    expect(logicalTypeChanges(inLine('bytes'), inLine(decimal))).toEqual([
      'lines[].price: none became logicalType decimal, precision 28, scale 8',
    ])
    expect(logicalTypeChanges(inLine(decimal), inLine('bytes'))).toEqual([`${was} became none`])
  })

  it('are none when a field is new, gone, or may be null from now on', () => {
    const empty = record({ type: 'record', name: 'Line', fields: [] })
    expect(logicalTypeChanges(inLine(decimal), inLine(['null', decimal]))).toEqual([])
    expect(logicalTypeChanges(empty, inLine(decimal))).toEqual([])
    expect(logicalTypeChanges(inLine(decimal), empty)).toEqual([])
  })

  it('are found in a record that is named a second time, and in maps', () => {
    const twice = (scale: number) => {
      const amount = { type: 'record', name: 'Amount', fields: [{ name: 'units', type: { ...decimal, scale } }] }
      const fields = [
        { name: 'a', type: amount },
        { name: 'b', type: ['null', 'Amount'] },
        { name: 'c', type: { type: 'map', values: 'Amount' } },
      ]
      return JSON.stringify({ type: 'record', name: 'R', fields })
    }
    const paths = logicalTypeChanges(twice(8), twice(2)).map((change) => change.split(':', 1)[0])
    expect(paths).toEqual(['a.units', 'b.units', 'c{}.units'])
  })

  it('end for a record that holds itself', () => {
    const tree = JSON.stringify({
      type: 'record',
      name: 'Tree',
      fields: [{ name: 'children', type: { type: 'array', items: 'Tree' } }],
    })
    expect(logicalTypeChanges(tree, tree)).toEqual([])
  })
})
