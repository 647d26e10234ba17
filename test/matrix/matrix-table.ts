import { cannotHappen, type Fault, faults, type MatrixSystem, matrixSystems } from './faults.ts'

export const faultNames = Object.keys(faults) as Fault[]

/** A table of faults by systems, its columns aligned. `cell`: what is told of one. */
export function matrixTable(cell: (system: MatrixSystem, fault: Fault) => string): string {
  const rows = [
    ['', ...matrixSystems],
    ...faultNames.map((fault) => [fault, ...matrixSystems.map((system) => cell(system, fault))]),
  ]
  const widths = rows[0]?.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0))) ?? []
  const line = (row: readonly string[]) =>
    `| ${row.map((text, index) => text.padEnd(widths[index] ?? 0)).join(' | ')} |`
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  const [head = [], ...body] = rows
  return [line(head), rule, ...body.map(line)].join('\n')
}

/** Whether a cell has a test. */
export function isTested(system: MatrixSystem, fault: Fault): boolean {
  return cannotHappen[system][fault] === undefined
}
