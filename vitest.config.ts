import { defineConfig } from 'vitest/config'

const project = (name: string, extra: object = {}) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], ...extra },
})

/** The kinds of tests, by folder. Only integration needs the backing services; it starts them once for all files. */
export default defineConfig({
  test: {
    projects: [
      project('unit'),
      project('property', { testTimeout: 30_000 }),
      project('contract', { testTimeout: 30_000 }),
      project('integration', {
        testTimeout: 120_000,
        hookTimeout: 180_000,
        fileParallelism: false,
        globalSetup: ['test/support/backing-services.ts'],
      }),
    ],
  },
})
