import type { Clock } from '../platform/clock.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { type Kept, keepPauses, type Pause } from './pauses.ts'
import { isOver } from './read-holds.ts'

/** Without holds whose end has passed: their rows stay until somebody notices. */
export function standing(rows: readonly Pause[], now: number): readonly Pause[] {
  return rows.filter((row) => !isOver(row, now))
}

/** What is held or paused now, at all stages. */
export type KeptPauses = Pick<Kept<readonly Pause[]>, 'get'>

/** The rows are read again when older than `everyMs`. */
export function keepStanding(tables: Tables, clock: Pick<Clock, 'now'>, everyMs: number): KeptPauses {
  const rows = keepPauses(tables, clock, everyMs)
  return { get: async () => standing(await rows.get(), clock.now()) }
}
