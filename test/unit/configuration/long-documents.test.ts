import { describe, expect, it } from 'vitest'
import { documentSchemas } from '../../../src/configuration/document-schemas.ts'
import { checkRead } from '../../../src/configuration/load-configuration.ts'
import { unknownName } from '../../../src/configuration/unknown-name.ts'
import { namedDocument } from '../../../src/configuration/yaml-documents.ts'
import { systemTypes } from '../../../src/systems/systems.ts'

/*
 * Documents of less than a megabyte kept the API silent for a minute: 5,000 rules for attributes that are not known, each
 * compared with 5,000 that are; 15,000 reads, each compared with all others, or with a schedule that never comes.
 */

const many = <T>(count: number, of: (index: number) => T) => Array.from({ length: count }, (_, index) => of(index))
const mistakesOf = async (...documents: readonly object[]) => {
  const read = { documents: documents.map((one) => namedDocument('doc', one)), mistakes: [] }
  return (await checkRead(read, {}, systemTypes)).mistakes.map(({ field, message }) => `${field} ${message}`)
}
const erp = { kind: 'system', id: 'erp', type: 'netsuite', address: 'https://erp.example' }
const connection = { kind: 'connection', id: 'c', shop: 'shop', vendor: 'erp', ownership: { skus: ['A'] }, reads: [] }
const metadata = { kind: 'product-metadata', connection: 'c' }
const rule = (attribute: string) => ({ attribute, from: 'sku' })

interface Node {
  readonly type?: string
  readonly properties?: Readonly<Record<string, Node>>
  readonly patternProperties?: Readonly<Record<string, Node>>
  readonly items?: Node
  readonly anyOf?: readonly Node[]
  readonly maxItems?: number
  readonly maxProperties?: number
}

function* unbounded(node: Node, path: string): Generator<string> {
  if (node.items !== undefined && node.maxItems === undefined) yield path
  if (node.patternProperties !== undefined && node.maxProperties === undefined) yield path
  const inner = { ...node.properties, ...node.patternProperties }
  for (const [name, one] of Object.entries(inner)) yield* unbounded(one, `${path}.${name}`)
  if (node.items !== undefined) yield* unbounded(node.items, `${path}[]`)
  for (const one of node.anyOf ?? []) yield* unbounded(one, path)
}

describe('a document that is stored', () => {
  it.each(['system', 'connection', 'product-metadata', 'recipient'] as const)(
    'has no list or map without an end: %s',
    (kind) => {
      expect([...unbounded(JSON.parse(JSON.stringify(documentSchemas[kind])), kind)]).toEqual([])
    },
  )

  it.each([
    ['reads', { ...erp, reads: many(501, (index) => ({ entity: 'products', scope: `s${index}` })) }],
    ['settings', { ...erp, settings: Object.fromEntries(many(501, (index) => [`s${index}`, 1])) }],
    ['secrets', { ...erp, secrets: Object.fromEntries(many(501, (index) => [`s${index}`, 'env:A'])) }],
    ['reads', { ...connection, reads: many(501, (index) => `erp.products.s${index}`) }],
    ['push', { ...connection, push: many(501, () => 'products') }],
    ['orderStates', { ...connection, orderStates: many(501, () => 'new') }],
    ['attributes', { ...metadata, attributes: many(1001, (index) => rule(`a${index}`)) }],
  ])('says once that there is too much of it: %s', async (field, document) => {
    const mistakes = await mistakesOf(document)
    const count = Object.values(Reflect.get(document, field) as object).length
    expect(mistakes.filter((one) => one.startsWith(field))).toEqual([
      `${field} has ${count} entries; at most ${field === 'attributes' ? 1000 : 500} are allowed`,
    ])
  })

  it('is not looked through for more than a hundred mistakes of its reads or its rules', async () => {
    const never = many(500, (index) => ({ entity: 'products', scope: `s${index}`, schedule: `${index % 60} 0 30 2 *` }))
    const reads = (await mistakesOf({ ...erp, reads: never })).filter((one) => one.includes('is not a cron expression'))
    expect(reads).toHaveLength(100)
    const destination = { attributes: many(5000, (index) => `known${index}`) }
    const rules = many(1000, (index) => rule(`other${index}`))
    const unknown = (await mistakesOf({ ...metadata, destination, attributes: rules })).filter((one) =>
      one.includes('is not known'),
    )
    expect(unknown).toHaveLength(100)
    expect(unknown[0]).toMatch(/known0, known1, .* and 4940 more; correct it/)
    expect(unknown[0]?.length).toBeLessThan(1000)
  })

  it('still has the place of a read that is there twice, and of one that was nearly named', async () => {
    const reads = [{ entity: 'products' }, { entity: 'inventory' }, { entity: 'products' }]
    const [twice] = (await mistakesOf({ ...erp, reads })).filter((one) => one.includes('twice'))
    expect(twice).toBe(
      'reads[2].scope makes erp.products.all twice: the other is at doc; give one of them another scope',
    )
    expect(unknownName('colr', ['color', 'size', 'colourful'])).toContain('did you mean color?')
    expect(unknownName('colr', ['colorful'])).not.toContain('did you mean')
  })
})
