import type { Reporter, TestModule } from 'vitest/node'

/** What the files of one project took, in milliseconds. */
export interface ProjectTimes {
  readonly project: string
  readonly files: number
  readonly tests: number
  readonly testsMs: number
  readonly importMs: number
  /** From the begin of its first file to the end of its last; projects run side by side. */
  readonly spanMs: number
}

/** Prints at the end of a run what each project took, so that growth is seen before it hurts. */
export default class TimesReporter implements Reporter {
  readonly #began = new Map<TestModule, number>()
  readonly #ended = new Map<TestModule, number>()
  #start = 0

  onTestRunStart(): void {
    this.#start = performance.now()
  }

  onTestModuleCollected(module: TestModule): void {
    this.#began.set(module, performance.now() - module.diagnostic().collectDuration)
  }

  onTestModuleEnd(module: TestModule): void {
    this.#ended.set(module, performance.now())
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const now = performance.now()
    const rows = [...Map.groupBy(modules, ({ project }) => project.name)].map(([project, own]): ProjectTimes => {
      const sum = (ms: (module: TestModule) => number) => own.reduce((total, module) => total + ms(module), 0)
      const first = Math.min(...own.map((module) => this.#began.get(module) ?? now))
      const last = Math.max(...own.map((module) => this.#ended.get(module) ?? now))
      return {
        project,
        files: own.length,
        tests: sum((module) => [...module.children.allTests()].length),
        testsMs: sum((module) => module.diagnostic().duration),
        importMs: sum((module) => module.diagnostic().collectDuration),
        spanMs: last - first,
      }
    })
    console.log(`\n${timesTable(rows, now - this.#start)}`)
  }
}

const COLUMNS = ['project', 'files', 'tests', 'in tests', 'in imports', 'first to last'] as const

/** The rows as people read them, the longest first; `wholeMs`: the run with all of them side by side. */
export function timesTable(rows: readonly ProjectTimes[], wholeMs: number): string {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`
  const sum = (of: (row: ProjectTimes) => number) => rows.reduce((total, row) => total + of(row), 0)
  const all: ProjectTimes = {
    project: 'all',
    files: sum(({ files }) => files),
    tests: sum(({ tests }) => tests),
    testsMs: sum(({ testsMs }) => testsMs),
    importMs: sum(({ importMs }) => importMs),
    spanMs: wholeMs,
  }
  const cells = [...rows.toSorted((a, b) => b.testsMs - a.testsMs), all].map((row) => [
    row.project,
    ...[row.files, row.tests].map(String),
    ...[row.testsMs, row.importMs, row.spanMs].map(seconds),
  ])
  const widths = COLUMNS.map((name, at) => Math.max(name.length, ...cells.map((row) => row[at]?.length ?? 0)))
  return [[...COLUMNS], ...cells]
    .map((row) => row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))))
    .map((row) => row.join('  '))
    .join('\n')
}
