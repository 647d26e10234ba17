import type { Clock } from '../platform/clock.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { readRevision } from './read-configuration.ts'

/**
 * State of the configuration that a record or a run needs: on its way to this process; not existing; or on its way for so
 * long that nothing behind the record may be held up any more (Guarantee 5).
 */
export type Newer = 'coming' | 'absent' | 'overdue'

export interface NewerConfiguration {
  /** `needed`: the revision of the whole configuration; null: any that is newer than `here`. */
  state(here: number, needed: number | null): Promise<Newer>
}

/** Well above the time that a new configuration takes to reach every process. */
export const CONFIGURATION_OVERDUE_MS = 60_000

/** The time counts from when a newer configuration was first missed, and restarts with each that arrives. */
export function createNewerConfiguration(tables: Tables, clock: Clock): NewerConfiguration {
  let missed = { here: -1, since: 0 }
  return {
    async state(here, needed) {
      const stored = await readRevision(tables)
      if (stored <= here || (needed !== null && stored < needed)) return 'absent'
      const now = clock.now()
      if (missed.here !== here) missed = { here, since: now }
      return now - missed.since < CONFIGURATION_OVERDUE_MS ? 'coming' : 'overdue'
    },
  }
}
