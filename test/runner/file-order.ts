import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Projects whose files wait for servers for much of their time, and leave the processor to others. */
const WAITING = ['integration', 'crash']

/**
 * About what a file takes, in seconds, on two cores that do nothing else. What runs on this machine took does not count: one
 * beside other work would turn the order upside down.
 */
const USUAL_SECONDS: Readonly<Record<string, number>> = {
  unit: 0.5,
  property: 1,
  contract: 1.5,
  matrix: 10,
  browser: 12,
  simulation: 60,
  integration: 8,
  crash: 90,
  long: 45,
  'test/browser/documents.test.ts': 20,
  'test/browser/page.test.ts': 60,
  'test/browser/problems.test.ts': 20,
  'test/crash/crash.long.test.ts': 220,
  'test/integration/broker/outages.long.test.ts': 220,
  'test/integration/files/vendor.test.ts': 50,
  'test/integration/clients/conformance.test.ts': 20,
  'test/integration/dead-letters/dead-letters.test.ts': 30,
  'test/integration/page/control-tower.test.ts': 60,
  'test/integration/page/orders.test.ts': 40,
  'test/integration/page/walk.long.test.ts': 270,
  'test/integration/projections/large-task.long.test.ts': 100,
  'test/integration/rebalance/churn.test.ts': 25,
  'test/integration/resync/resync.test.ts': 30,
  'test/integration/services/parent-death.test.ts': 20,
  'test/integration/sqs/orders.test.ts': 25,
  'test/integration/start/once-all.long.test.ts': 100,
  'test/integration/upgrade/rolling-upgrade.long.test.ts': 120,
}

interface Estimate {
  readonly project: string
  readonly seconds: number
}

/**
 * Half of the files that run at once wait for servers, half compute, the longest of each first: one after the other, those
 * that wait would leave the processor idle, and all at once they would be too slow for their own limits.
 */
export function sideBySide<T extends Estimate>(files: readonly T[], atOnce: number): readonly T[] {
  const waits = ({ project }: T) => WAITING.includes(project)
  const waiting = files.filter(waits).toSorted((a, b) => b.seconds - a.seconds)
  const busy = projectByProject(files.filter((file) => !waits(file)))
  const lanes = Math.max(1, Math.floor(atOnce / 2))
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
    const { config } = this.ctx
    // Those of equal estimates: failed ones first.
    const estimates = (await super.sort(files)).map((file) => {
      const { name } = file.project
      const path = relative(config.root, file.moduleId)
      return { file, project: name, seconds: USUAL_SECONDS[path] ?? USUAL_SECONDS[name] ?? 1 }
    })
    return sideBySide(estimates, config.maxWorkers).map(({ file }) => file)
  }
}
