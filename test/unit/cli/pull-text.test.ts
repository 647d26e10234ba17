// status said "pulled by shared" of readers without a key of their own.
import { expect, it } from 'vitest'
import { pullText } from '../../../src/cli/status.ts'

const pull = {
  feed: 'products',
  reader: 'wk1',
  name: 'the shop',
  source: null,
  at: '2026-01-31T07:00:00.000Z',
  age: 12,
  rows: 3,
  complete: true,
  from: null,
  up_to: '2026-01-31T06:59:54.000Z',
  lag: 18,
} as const

it('names who pulls a feed', () => {
  expect(pullText(pull)).toBe('  products pulled by the shop 12 s ago, has everything up to 18 s ago')
  expect(pullText({ ...pull, reader: 'shared', name: null, source: 'erp', lag: null })).toBe(
    '  products of erp pulled without a key, or with the shared token, 12 s ago, has not caught up yet',
  )
})
