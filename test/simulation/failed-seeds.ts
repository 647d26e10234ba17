import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { SeedResult } from './run-seed.ts'

const FILE = fileURLToPath(new URL('failed-seeds.json', import.meta.url))

interface FailedSeed {
  readonly seed: number
  /** What was wrong when it failed first. */
  readonly found: string
}

/** Every seed that ever failed: they are run each time. */
export function failedSeeds(): readonly FailedSeed[] {
  return JSON.parse(readFileSync(FILE, 'utf8')) as FailedSeed[]
}

export function keepFailed(results: readonly SeedResult[]): void {
  const known = failedSeeds()
  const fresh = results.filter(({ seed }) => known.every((one) => one.seed !== seed))
  if (fresh.length === 0) return
  const all = [...known, ...fresh.map(({ seed, violations }) => ({ seed, found: violations[0] ?? '' }))]
  writeFileSync(FILE, `${JSON.stringify(all, null, 2)}\n`)
}
