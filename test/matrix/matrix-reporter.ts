import type { Reporter, TestModule } from 'vitest/node'
import { faultTable, impossibility } from './fault-table.ts'

/** Prints the result of each cell: `npm run test:matrix`. */
export default class MatrixReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const states = new Map<string, string>()
    for (const module of modules) {
      for (const test of module.children.allTests()) states.set(test.fullName, test.result().state)
    }
    const table = faultTable((row, fault) =>
      impossibility(row, fault) === undefined ? (states.get(`${row} > ${fault}`) ?? 'missing') : '–',
    )
    const all = table.match(/\b(passed|failed|missing|skipped|pending)\b/g) ?? []
    const passed = all.filter((state) => state === 'passed').length
    console.log(
      `\n${table}\n\n${passed} of ${all.length} cells passed; – can't happen there: docs/reference/fault-matrix.md says why`,
    )
  }
}
