import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    readonly builtPage: string
  }
}

/** Each project has its own setup, and may have loaded this file by itself: what they share is kept beside it. */
const shared = globalThis as { waldstreamPage?: { users: number; readonly built: Promise<string> } }

async function buildPage(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'waldstream-built-page-'))
  await build({
    configFile: join(import.meta.dirname, '../../web/vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: folder, emptyOutDir: true },
  })
  return folder
}

/** Builds the page once for all projects of the run: what is tested is what is served, not what a development server makes. */
export async function setup(project: TestProject): Promise<void> {
  shared.waldstreamPage ??= { users: 0, built: buildPage() }
  shared.waldstreamPage.users += 1
  project.provide('builtPage', await shared.waldstreamPage.built)
}

export async function teardown(): Promise<void> {
  const used = shared.waldstreamPage
  if (used === undefined) return
  used.users -= 1
  if (used.users > 0) return
  delete shared.waldstreamPage
  await rm(await used.built, { recursive: true })
}
