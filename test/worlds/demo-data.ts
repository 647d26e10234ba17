import { readFile, rm, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll } from 'vitest'
import { readOptions } from '../../demo/options.ts'

/** Keeps a demo's data to one test file, whose dataset nobody else uses; a demo that runs in this folder stays as it was. */
export function ownDemoData(dataset: readonly string[]): { readonly dataDir: string } {
  const { dataDir = '', endpointsFile = '' } = readOptions([...dataset]) ?? {}
  let endpoints: string | undefined
  beforeAll(async () => {
    endpoints = await readFile(endpointsFile, 'utf8').catch(() => undefined)
    await rm(dataDir, { recursive: true, force: true })
  })
  afterAll(async () => {
    await rm(dataDir, { recursive: true, force: true })
    await (endpoints === undefined ? rm(endpointsFile, { force: true }) : writeFile(endpointsFile, endpoints))
  })
  return { dataDir }
}
