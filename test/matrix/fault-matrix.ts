import { describe, it } from 'vitest'
import { cannotHappen, type Fault, faults, type MatrixSystem } from './faults.ts'

/** One test a cell. Throws when a cell is neither tested nor said to be impossible, or is both. */
export function testFaults(system: MatrixSystem, cells: Readonly<Partial<Record<Fault, () => Promise<void>>>>): void {
  const names = Object.keys(faults) as Fault[]
  const wrong = names.filter((fault) => (cells[fault] === undefined) === (cannotHappen[system][fault] === undefined))
  if (wrong.length > 0) throw new Error(`${system}: give each of these a test, or a reason in cannotHappen: ${wrong}`)
  describe(system, () => {
    for (const fault of names) {
      const cell = cells[fault]
      if (cell !== undefined) it(fault, cell)
    }
  })
}
