import fc from 'fast-check'
import { expect, it } from 'vitest'
import { compileCondition, createNames } from '../../../src/platform/dynamodb/expressions.ts'
import type { Condition } from '../../../src/platform/dynamodb/tables.ts'

const { condition } = fc.letrec<{ condition: Condition; some: Condition[] }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4 },
    fc.record({ absent: fc.constantFrom('a', 'b.c') }),
    fc.record({ attribute: fc.constant('n'), is: fc.constantFrom('=', '<=', '<>'), value: fc.integer() }),
    fc.record({ allOf: tie('some') }),
    fc.record({ anyOf: tie('some') }),
  ),
  some: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }),
}))

/** The pairs of parentheses that hold nothing but another pair. */
function redundant(text: string): number {
  const open: number[] = []
  const pairs = new Map<number, number>()
  for (const [at, sign] of [...text].entries()) {
    if (sign === '(') open.push(at)
    if (sign === ')') pairs.set(open.pop() ?? -1, at)
  }
  return [...pairs].filter(([from, to]) => text[from + 1] === '(' && pairs.get(from + 1) === to - 1).length
}

it('a condition has no parentheses in parentheses, which DynamoDB refuses', () => {
  expect(redundant('((a OR b))')).toBe(1)
  expect(redundant('((a OR b) AND (c OR d))')).toBe(0)
  fc.assert(
    fc.property(condition, (given) => {
      expect(redundant(compileCondition(given, createNames()))).toBe(0)
    }),
  )
})
