import { type RunningProcess, runningProcesses } from '../../../src/control/processes.ts'
import type { Tables } from '../../../src/platform/dynamodb/tables.ts'

const MINUTE = 60_000

/** A process of each role, of which one is not heard of any more. */
export async function addProcesses(tables: Tables, now: number): Promise<void> {
  const processOf = (id: string, role: string, age: number, silent: number): RunningProcess => ({
    id,
    roles: [role],
    version: '1.0.0',
    node: 'v24.21.0',
    started_at: now - age * MINUTE,
    beat_at: now - silent,
  })
  const all = [
    processOf('5b1c09e4a7d2', 'producer', 4_100, 22_000),
    processOf('0e6f31c8b94a', 'processor', 4_099, 41_000),
    processOf('c27d90af1e35', 'processor', 1_310, 7 * MINUTE),
    processOf('91ab4e7702fc', 'projector', 4_098, 9_000),
    processOf('d3408c5be616', 'api', 4_097, 30_000),
  ]
  for (const one of all) await runningProcesses(tables).put(one)
}
