import { chromium } from 'playwright-core'
import type { TestProject } from 'vitest/node'
import { chromiumPath } from './chromium.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the browser of the run listens; null: this machine has none. */
    readonly browserAddress: string | null
  }
}

/** One browser for all files of the run: each opens windows of its own there, which share nothing. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (chromiumPath === undefined) {
    project.provide('browserAddress', null)
    return async () => undefined
  }
  const server = await chromium.launchServer({ executablePath: chromiumPath, args: ['--no-sandbox'] })
  project.provide('browserAddress', server.wsEndpoint())
  return () => server.close()
}
