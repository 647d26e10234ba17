// A vendor whose faults nobody tested was one line in a table that its author had to know of.

import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { systemTypes } from '../../../src/systems/systems.ts'
import { faultRows, rowsOf, untestedRows } from '../../matrix/fault-table.ts'

const MATRIX = fileURLToPath(new URL('../../matrix/', import.meta.url))
const tests = new Map(readdirSync(MATRIX).map((name) => [name, readFileSync(MATRIX + name, 'utf8')]))

describe('rows of the fault matrix', () => {
  it.each([...systemTypes.values()])('$type has at least one', (definition) => {
    expect(Object.keys(definition.faultRows)).not.toEqual([])
  })

  it('each have their tests', () => {
    expect(untestedRows(faultRows.keys(), tests)).toEqual([])
  })

  it('without a test file, or with the tests of another row, are found', () => {
    const others = new Map([['odoo-rpc.test.ts', "testFaults('odoo', {})"]])
    expect(untestedRows(['odoo', 'odoo-rpc'], others)).toEqual(['odoo', 'odoo-rpc'])
  })

  it('belong to one definition each', () => {
    expect(() => rowsOf([{ faultRows: { odoo: {} } }, { faultRows: { odoo: {} } }])).toThrow(
      'two systems have the row odoo',
    )
  })
})
