import type { Configuration } from '../configuration/model.ts'
import { systemOfRead } from '../configuration/read-id.ts'
import type { Clock } from '../platform/clock.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { endPause, type Pause, watchPauses } from './pauses.ts'
import { disabledRead, type Reason } from './standing-holds.ts'
import { readOfControl } from './sweeps.ts'

/** Stage under which reads are held, one or all of a system; no stage is called so. */
export const READS = 'reads'

const SEEN_MS = 2_000

/** What keeps a read from being run, as people asked: a hold of it or of its whole system, or the documents. */
export interface ReadHolds {
  /** `read`: also the key of a row of `sync_control`. A hold whose end has come is none, and its row goes. */
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

/** What holds a read now, of the holds there are. */
export function holdOf(holds: ReadonlyMap<string, Pause>, read: string, now: number): Pause | undefined {
  const found = holdTargets(read).map((target) => holds.get(target))
  return found.find((hold) => hold !== undefined && !isOver(hold, now))
}

/** A hold by hand has its end where other pauses have their next trial. */
export function isOver({ probe_at }: Pause, now: number): boolean {
  return probe_at <= now
}

/** Probe time of a hold without an end. */
export const NEVER = Date.UTC(9999, 11, 31)

/** ISO 8601; null: it ends when somebody ends it. */
export function endOfHold({ probe_at }: Pick<Pause, 'probe_at'>): string | null {
  return probe_at === NEVER ? null : new Date(probe_at).toISOString()
}

/** What a hold may name to hold a read: itself, and its system. */
function holdTargets(read: string): readonly string[] {
  return [read, systemOfRead(read)]
}
