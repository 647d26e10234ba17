import type { Configuration } from '../configuration/model.ts'
import { systemOfRead } from '../configuration/read-id.ts'
import type { Clock } from '../platform/clock.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { endPause, type Pause, watchPauses } from './pauses.ts'
import { disabledRead, type Reason } from './standing-holds.ts'
import { readOfControl } from './sweeps.ts'

/** Stage name of holds of reads, of one read or of a whole system; no real stage has this name. */
export const READS = 'reads'

const SEEN_MS = 2_000

/** Why a read must not run: a hold of it or of its whole system, or its documents. */
export interface ReadHolds {
  /**
   * `read`: also the key of a row of `sync_control`. A hold whose end has passed does not count, and its row is
   * deleted.
   */
  of(read: string): Promise<Reason | undefined>
}

export function watchReadHolds(
  tables: Tables,
  clock: Pick<Clock, 'now'>,
  configuration: () => Pick<Configuration, 'systems'>,
): ReadHolds {
  const watch = watchPauses(tables, READS, clock, SEEN_MS)
  return {
    async of(read) {
      const holds = await watch.all()
      const id = readOfControl(read)
      for (const target of holdTargets(id)) {
        const hold = holds.get(target)
        if (hold === undefined || !isOver(hold, clock.now())) continue
        await endPause(tables, hold)
        watch.forget()
      }
      return disabledRead(configuration(), id) ?? holdOf(holds, id, clock.now())
    },
  }
}

/** The hold that applies to a read now. */
export function holdOf(holds: ReadonlyMap<string, Pause>, read: string, now: number): Pause | undefined {
  const found = holdTargets(read).map((target) => holds.get(target))
  return found.find((hold) => hold !== undefined && !isOver(hold, now))
}

/** Code of a hold by hand. */
export const HELD = 'held'

/**
 * Its end has passed: it holds nothing any more, whether or not its row is deleted. A hold by hand stores its end where
 * other pauses store their next probe.
 */
export function isOver({ code, probe_at }: Pick<Pause, 'code' | 'probe_at'>, now: number): boolean {
  return code === HELD && probe_at <= now
}

/** Probe time of a hold without an end. */
export const NEVER = Date.UTC(9999, 11, 31)

/** ISO 8601; null: somebody has to end it. */
export function endOfHold({ probe_at }: Pick<Pause, 'probe_at'>): string | null {
  return probe_at === NEVER ? null : new Date(probe_at).toISOString()
}

/** Names under which a read may be held: itself, and its system. */
function holdTargets(read: string): readonly string[] {
  return [read, systemOfRead(read)]
}
