import { expect, it } from 'vitest'
import { compileOnce } from '../../../src/api/compile-once.ts'

it('compiles equal schemas once, and different ones apart', () => {
  const compiled: object[] = []
  const compile = compileOnce((schema) => compiled.push(schema))
  const shared = { type: 'string', maxLength: 3 }
  expect([shared, shared, { type: 'string', maxLength: 3 }].map(compile)).toEqual([1, 1, 1])
  expect(compile({ type: 'string', maxLength: 4 })).toBe(2)
  expect(compiled).toEqual([shared, { type: 'string', maxLength: 4 }])
})
