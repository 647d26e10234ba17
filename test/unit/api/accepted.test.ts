import { expect, it } from 'vitest'
import { preferredCoding, preferredType } from '../../../src/api/accepted.ts'

const types = ['application/json', 'text/csv', 'application/x-ndjson'] as const

it.each([
  [undefined, 'application/json'],
  ['', 'application/json'],
  ['*/*', 'application/json'],
  ['text/*', 'application/json'],
  ['image/png', 'application/json'],
  ['text/csv', 'text/csv'],
  ['TEXT/CSV', 'text/csv'],
  ['application/json;q=0.5, application/x-ndjson', 'application/x-ndjson'],
  ['application/x-ndjson;q=0.5, */*', 'application/json'],
  ['text/csv;q=0, application/x-ndjson;q=0', 'application/json'],
])('answers accept: %s as %s', (accept, type) => {
  expect(preferredType(accept, types)).toBe(type)
})

it.each([
  [undefined, null],
  ['identity', null],
  ['deflate', null],
  ['gzip', 'gzip'],
  ['gzip, deflate, br', 'br'],
  ['br;q=0.5, gzip', 'gzip'],
  ['br;q=0, *', 'gzip'],
  ['*', 'br'],
  ['*;q=0', null],
])('compresses accept-encoding: %s as %s', (accept, coding) => {
  expect(preferredCoding(accept, ['br', 'gzip'])).toBe(coding)
})
