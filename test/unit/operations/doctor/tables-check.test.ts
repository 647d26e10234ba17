import { expect, it } from 'vitest'
import { judgeTables } from '../../../../src/operations/doctor/tables-check.ts'

it('tells of tables that are missing, not active yet, or have other keys', () => {
  const findings = judgeTables([
    { name: 'p.a', state: 'right' },
    { name: 'p.b', state: 'missing' },
    { name: 'p.c', state: 'keys' },
    { name: 'p.d', state: 'not active' },
  ])
  expect(findings).toEqual([
    { level: 'ok', name: 'tables', what: '1 of 4 exist with their keys and indexes', fix: null },
    { level: 'warn', name: 'tables', what: 'missing, created when a role starts: p.b', fix: null },
    { level: 'warn', name: 'table p.d', what: 'is not active', fix: expect.stringContaining('wait') },
    {
      level: 'fail',
      name: 'table p.c',
      what: 'has other keys or indexes',
      fix: expect.stringContaining('use another TABLE_PREFIX'),
    },
  ])
})
