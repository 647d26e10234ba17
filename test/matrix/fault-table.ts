import { type Fault, faults, type ImpossibleFaults } from '../../src/systems/kit/faults.ts'
import type { SystemDefinition } from '../../src/systems/system.ts'
import { systemTypes } from '../../src/systems/systems.ts'

export const faultNames = Object.keys(faults) as Fault[]

/** Rows of the matrix: the interfaces of every system, each with the faults that can't happen there. */
export const faultRows: ReadonlyMap<string, ImpossibleFaults> = rowsOf(systemTypes.values())

/** The rows of these definitions. Throws for a row that two of them have. */
export function rowsOf(
  definitions: Iterable<Pick<SystemDefinition, 'faultRows'>>,
): ReadonlyMap<string, ImpossibleFaults> {
  const rows = new Map<string, ImpossibleFaults>()
  for (const [row, impossible] of [...definitions].flatMap((definition) => Object.entries(definition.faultRows))) {
    if (rows.has(row)) throw new Error(`two systems have the row ${row} in faultRows; rename one`)
    rows.set(row, impossible)
  }
  return rows
}

/** Rows without tests: `tests` are the names and texts of the files in `test/matrix`. */
export function untestedRows(rows: Iterable<string>, tests: ReadonlyMap<string, string>): readonly string[] {
  return [...rows].filter((row) => tests.get(`${row}.test.ts`)?.includes(`testFaults('${row}', `) !== true)
}

/** A table of faults by rows, its columns aligned. `cell`: what stands in one. */
export function faultTable(cell: (row: string, fault: Fault) => string): string {
  const names = [...faultRows.keys()]
  const rows = [['', ...names], ...faultNames.map((fault) => [fault, ...names.map((row) => cell(row, fault))])]
  const widths = rows[0]?.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0))) ?? []
  const line = (row: readonly string[]) =>
    `| ${row.map((text, index) => text.padEnd(widths[index] ?? 0)).join(' | ')} |`
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  const [head = [], ...body] = rows
  return [line(head), rule, ...body.map(line)].join('\n')
}

/** Why a fault can't happen there; undefined: it can, and has a test. */
export function impossibility(row: string, fault: Fault): string | undefined {
  return faultRows.get(row)?.[fault]
}
