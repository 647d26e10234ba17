import type { Clock } from '../platform/clock.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { readRevision } from './read-configuration.ts'

/**
 * Where the configuration stands that a record or a run needs: it is on its way here; there is no such one; or it has been
 * on its way for so long that nothing is to be held up by it any more (Guarantee 5).
 */
export type Newer = 'coming' | 'absent' | 'overdue'

export interface NewerConfiguration {
  /** `needed`: the revision of the whole; null: any that is newer than `here`. */
  state(here: number, needed: number | null): Promise<Newer>
}

/** Well more than it takes a new configuration to come to every process. */
export const CONFIGURATION_OVERDUE_MS = 60_000

/** The time counts from when a newer configuration was first missed, anew for each that comes here. */
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
