import type { Reporter, TestModule } from 'vitest/node'
import { isTested, matrixTable } from './matrix-table.ts'

/** Prints what became of each cell: `npm run test:matrix`. */
export default class MatrixReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const states = new Map<string, string>()
    for (const module of modules) {
      for (const test of module.children.allTests()) states.set(test.fullName, test.result().state)
    }
    const cell = (system: string, fault: string) => states.get(`${system} > ${fault}`) ?? 'missing'
    const table = matrixTable((system, fault) => (isTested(system, fault) ? cell(system, fault) : '–'))
    const all = table.match(/\b(passed|failed|missing|skipped|pending)\b/g) ?? []
    const passed = all.filter((state) => state === 'passed').length
    console.log(
      `\n${table}\n\n${passed} of ${all.length} cells passed; – can't happen there: docs/fault-matrix.md says why`,
    )
  }
}
