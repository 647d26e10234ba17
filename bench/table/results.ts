import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Measurements } from './rows.ts'

/** What `bench/results.json` holds: the last whole run, and a short one that later short ones are held against. */
export interface Results {
  readonly measuredOn: string
  readonly machine: Machine
  readonly rounds: number
  /** That were routed. */
  readonly orders: number
  readonly rows: Measurements
  readonly quick: Measurements
}

export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGb: number
  /** Of the last minute, before it began. */
  readonly load: number
  readonly system: string
  readonly versions: Readonly<Record<string, string>>
}

const FILE = fileURLToPath(new URL('../results.json', import.meta.url))

/** Undefined: nothing was ever measured. */
export async function readResults(): Promise<Results | undefined> {
  try {
    return JSON.parse(await readFile(FILE, 'utf8')) as Results
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

export async function writeResults(results: Results): Promise<void> {
  await writeFile(FILE, `${JSON.stringify(results, null, 2)}\n`)
}
