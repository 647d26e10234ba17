import { describe, expect, it } from 'vitest'
import { compileChange, compileCondition, createNames } from '../../../../src/platform/dynamodb/expressions.ts'
import type { Change, Condition } from '../../../../src/platform/dynamodb/tables.ts'

const condition = (value: Condition) => {
  const names = createNames()
  return { text: compileCondition(value, names), ...names.placeholders() }
}

const change = (value: Change) => {
  const names = createNames()
  return { text: compileChange(value, names), ...names.placeholders() }
}

describe('a condition', () => {
  it('places every part of a path, and each name and value once', () => {
    const older = { attribute: 'version.rank', is: '<', value: 'b' } as const
    const same = { attribute: 'version.rank', is: '=', value: 'b' } as const
    const written = { anyOf: [{ absent: 'status' }, older, { allOf: [same, { present: 'version' }] }] }
    expect(condition(written)).toEqual({
      text: '(attribute_not_exists(#0) OR #1.#2 < :0 OR (#1.#2 = :0 AND attribute_exists(#1)))',
      ExpressionAttributeNames: { '#0': 'status', '#1': 'version', '#2': 'rank' },
      ExpressionAttributeValues: { ':0': 'b' },
    })
  })

  it('tells values of different types apart', () => {
    const one = { attribute: 'n', is: '=', value: 1 } as const
    const text = { attribute: 'n', is: '<>', value: '1' } as const
    expect(condition({ allOf: [one, text] }).ExpressionAttributeValues).toEqual({ ':0': 1, ':1': '1' })
  })

  it('gives no placeholders that are not used, which DynamoDB refuses', () => {
    expect(condition({ absent: 'id' })).toEqual({
      text: 'attribute_not_exists(#0)',
      ExpressionAttributeNames: { '#0': 'id' },
    })
  })

  it('of one alone has no parentheses of its own: DynamoDB refuses two around the same', () => {
    const free = { anyOf: [{ absent: 'until' }, { attribute: 'until', is: '<', value: 5 }] } as const
    const text = '(attribute_not_exists(#0) OR #0 < :0)'
    expect(condition({ allOf: [free] }).text).toBe(text)
    expect(condition({ anyOf: [{ allOf: [free] }] }).text).toBe(text)
  })

  it('can not be a choice of nothing', () => {
    expect(() => condition({ anyOf: [] })).toThrow(TypeError)
  })
})

describe('a change', () => {
  it('has one clause of each kind', () => {
    const all: Change = {
      set: { name: 'x', 'map.a': 1 },
      setIfAbsent: { made: 5 },
      increment: { n: 2 },
      addToSet: { tags: ['a'] },
      remove: ['old', 'map.b'],
    }
    expect(change(all)).toEqual({
      text: 'SET #0 = :0, #1.#2 = :1, #3 = if_not_exists(#3, :2), #4 = if_not_exists(#4, :3) + :4 ADD #5 :5 REMOVE #6, #1.#7',
      ExpressionAttributeNames: {
        '#0': 'name',
        '#1': 'map',
        '#2': 'a',
        '#3': 'made',
        '#4': 'n',
        '#5': 'tags',
        '#6': 'old',
        '#7': 'b',
      },
      ExpressionAttributeValues: { ':0': 'x', ':1': 1, ':2': 5, ':3': 0, ':4': 2, ':5': new Set(['a']) },
    })
  })

  it('removes what is set to undefined, and adds no empty set', () => {
    expect(change({ set: { gone: undefined }, addToSet: { tags: [] } })).toEqual({
      text: 'REMOVE #0',
      ExpressionAttributeNames: { '#0': 'gone' },
    })
  })

  it('may change nothing', () => {
    expect(change({})).toEqual({ text: '' })
  })
})
