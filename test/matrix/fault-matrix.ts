import { describe, it } from 'vitest'
import type { Fault } from '../../src/systems/kit/faults.ts'
import { faultNames, faultRows, impossibility } from './fault-table.ts'

/**
 * One test a cell of a row that a definition names. Throws when a cell is neither tested nor said to be impossible in
 * `faultRows` of the definition, or is both. `skipped`: why its server can't run here.
 */
export function testFaults(
  row: string,
  cells: Readonly<Partial<Record<Fault, () => Promise<void>>>>,
  skipped: string | null = null,
): void {
  if (!faultRows.has(row)) throw new Error(`no system has the row ${row} in its faultRows: ${[...faultRows.keys()]}`)
  const wrong = faultNames.filter((fault) => (cells[fault] === undefined) === (impossibility(row, fault) === undefined))
  if (wrong.length > 0) {
    throw new Error(`${row}: give each of these a test, or a reason in faultRows of its system: ${wrong}`)
  }
  describe.skipIf(skipped !== null)(row, () => {
    for (const fault of faultNames) {
      const cell = cells[fault]
      if (cell !== undefined) it(fault, cell)
    }
  })
}
