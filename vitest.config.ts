import { defineConfig } from 'vitest/config'

const LONG = 'test/**/*.long.test.ts'

const project = (name: string, extra: object = {}) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], exclude: [LONG], ...extra },
})

/** Tests of one project run one after the other, all against the same servers. */
const onServers = { fileParallelism: false, hookTimeout: 180_000, globalSetup: ['test/worlds/backing-services.ts'] }

/** The kinds of tests, by folder; `long` are those that `npm test` leaves out. Integration and crash share one set of servers. */
export default defineConfig({
  test: {
    projects: [
      project('unit'),
      project('property', { testTimeout: 30_000 }),
      project('contract', { testTimeout: 30_000 }),
      project('matrix', { testTimeout: 60_000, fileParallelism: false, retry: 0 }),
      project('simulation', { testTimeout: 120_000 }),
      project('integration', { testTimeout: 120_000, ...onServers }),
      project('crash', { testTimeout: 500_000, ...onServers }),
      project('long', { include: [LONG], exclude: [], testTimeout: 900_000, ...onServers }),
    ],
  },
})
