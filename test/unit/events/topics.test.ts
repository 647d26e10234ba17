import { describe, expect, it } from 'vitest'
import { declarationOf, entityDeclarations, joinKey, splitKey } from '../../../src/events/entities.ts'
import {
  entities,
  entitiesByCallOrder,
  entityOf,
  isOfEntity,
  isPerSystem,
  kindOf,
  pushedEntities,
  recordKey,
  splitRecordKey,
  topicOf,
  topics,
} from '../../../src/events/topics.ts'

describe('topics', () => {
  it('have one of a kind, or one for each target system', () => {
    expect(topicOf('orders')).toBe('orders')
    expect(topicOf('vendor-orders', 'netsuite')).toBe('vendor-orders.netsuite')
    expect(kindOf('vendor-orders.netsuite')).toBe('vendor-orders')
    expect(() => kindOf('other')).toThrow(/other/)
  })

  it.each([
    ['orders', 'orders', 'order-changed', false],
    ['products', 'products', 'product-changed', false],
    ['inventory', 'inventory', 'inventory-changed', false],
    ['images', 'images', 'image-gallery-changed', false],
    ['fulfilments', 'fulfilments', 'fulfilment-changed', false],
    ['vendor-orders', 'orders', 'vendor-order-requested', true],
    ['shop-products', 'products', 'shop-products-requested', true],
    ['shop-inventory', 'inventory', 'shop-inventory-requested', true],
    ['shop-images', 'images', 'shop-images-requested', true],
    ['shop-fulfilments', 'fulfilments', 'shop-fulfilment-requested', true],
    ['universal-products', 'products', 'universal-products-changed', false],
    ['universal-inventory', 'inventory', 'universal-inventory-changed', false],
    ['universal-images', 'images', 'universal-images-changed', false],
  ] as const)('%s are of the entity %s, by the schema %s', (kind, entity, schema, perSystem) => {
    expect([entityOf(kind), isOfEntity(kind), isPerSystem(kind)]).toEqual([entity, true, perSystem])
    expect(topics.find((topic) => topic.kind === kind)).toEqual({ kind, schema, perSystem })
  })

  it('of the program itself are of no entity', () => {
    const own = topics.filter(({ kind }) => !isOfEntity(kind)).map(({ kind, perSystem }) => [kind, perSystem])
    expect(own).toEqual([
      ['sync-requests', false],
      ['sync-status', false],
      ['dead-letters', false],
    ])
  })

  it('of an entity are all named: each kind that is not the program’s own has an entity of the list', () => {
    for (const { kind } of topics) if (isOfEntity(kind)) expect(entities, kind).toContain(entityOf(kind))
  })
})

describe('entities', () => {
  it('have their calls in an order that no two share', () => {
    expect(entitiesByCallOrder).toEqual(['orders', 'fulfilments', 'inventory', 'products', 'prices', 'images'])
    expect(new Set(entityDeclarations.map(({ callOrder }) => callOrder)).size).toBe(entities.length)
  })

  it('are pushed where they have a feed and shops are sent of it', () => {
    expect(pushedEntities).toEqual(['products', 'inventory', 'images'])
  })

  it('are found by their names', () => {
    for (const name of entities) expect(declarationOf(name).name).toBe(name)
  })
})

describe('keys', () => {
  it('of one part are the part itself, whatever is in it', () => {
    expect(joinKey(['A|B%7C'])).toBe('A|B%7C')
    expect(splitKey(['sku'], 'A|B%7C')).toEqual({ sku: 'A|B%7C' })
  })

  it.each([[['a', 'b']], [['a|b', 'c']], [['%7C', '|']], [['', 'x|y']], [['50%25', '%']]])(
    'of two parts %j are split into them again',
    ([group = '', sku = '']) => {
      expect(splitKey(['group', 'sku'], joinKey([group, sku]))).toEqual({ group, sku })
    },
  )
})

describe('record keys', () => {
  it('are split at the first bar alone: keys of entities may hold one', () => {
    expect(splitRecordKey(recordKey('magento', 'A|B'))).toEqual({ owner: 'magento', key: 'A|B' })
    expect(splitRecordKey('nobody')).toEqual({ owner: '', key: 'nobody' })
  })
})
