import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Of the files that run at once, how many may be of those that wait for servers: they leave the processor to the others. */
const WAITING_AT_ONCE = 2
const WAITING = ['integration', 'crash']

/** What a file takes, in seconds, as long as no run on this machine has told. */
const USUAL_SECONDS: Readonly<Record<string, number>> = {
  ...{ unit: 0.5, property: 1, contract: 1.5, matrix: 10, simulation: 60, integration: 8, crash: 60 },
  'test/integration/connections/connections.test.ts': 25,
  'test/integration/dead-letters/dead-letters.test.ts': 20,
  'test/integration/rebalance/churn.test.ts': 25,
  'test/integration/resync/command-line.test.ts': 25,
  'test/integration/resync/resync.test.ts': 30,
  'test/integration/roles/two-processors.test.ts': 25,
  'test/integration/services/jar-way.test.ts': 35,
  'test/integration/services/parent-death.test.ts': 20,
  'test/integration/sqs/drain.test.ts': 35,
  'test/integration/sqs/orders.test.ts': 25,
  'test/integration/start/once.test.ts': 50,
}

interface Estimate {
  readonly project: string
  readonly seconds: number
}

/**
 * Files that wait for servers beside files that compute, the longest of each first: one after the other, the first would
 * leave the processor idle, and all at once they would be too slow for their own waiting.
 */
export function sideBySide<T extends Estimate>(files: readonly T[], atOnce: number): readonly T[] {
  const waits = ({ project }: T) => WAITING.includes(project)
  const waiting = files.filter(waits).toSorted((a, b) => b.seconds - a.seconds)
  const busy = projectByProject(files.filter((file) => !waits(file)))
  const lanes = Math.max(1, Math.min(WAITING_AT_ONCE, atOnce - 1))
  return [...startsOf(waiting, lanes), ...startsOf(busy, Math.max(1, atOnce - lanes))]
    .toSorted((a, b) => a.start - b.start)
    .map(({ file }) => file)
}

/** Files of one project follow each other: they share a worker and what it has imported. */
function projectByProject<T extends Estimate>(files: readonly T[]): readonly T[] {
  const projects = [...Map.groupBy(files, ({ project }) => project).values()].map((own) =>
    own.toSorted((a, b) => b.seconds - a.seconds),
  )
  return projects.toSorted(([a], [b]) => (b?.seconds ?? 0) - (a?.seconds ?? 0)).flat()
}

/** When each file begins if so many run at once. */
function startsOf<T extends Estimate>(files: readonly T[], lanes: number): readonly { start: number; file: T }[] {
  const free = Array.from({ length: lanes }, () => 0)
  return files.map((file) => {
    const start = Math.min(...free)
    free[free.indexOf(start)] = start + file.seconds
    return { start, file }
  })
}

/** The order in which vitest begins the files of a run, whatever their projects. */
export class FileOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { cache, config } = this.ctx
    const estimates = files.map((file) => {
      const path = relative(config.root, file.moduleId)
      const last = cache.getTestSpecificationResult(file)?.duration
      const usual = USUAL_SECONDS[path] ?? USUAL_SECONDS[file.project.name] ?? 1
      return { file, project: file.project.name, seconds: last === undefined ? usual : last / 1000 }
    })
    return sideBySide(estimates, config.maxWorkers).map(({ file }) => file)
  }
}
