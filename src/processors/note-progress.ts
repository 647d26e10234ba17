import type { Clock } from '../platform/clock.ts'
import type { Positions } from '../platform/runtime/positions.ts'

/** How often a partition is noted: policies by age count minutes. */
const EVERY_MS = 10_000
/** How long before an idle fetch a record may have got its append time without being in that fetch. */
const SETTLE_MS = 5_000

export interface ProgressDeps {
  readonly positions?: Pick<Positions, 'noteUntil'>
  readonly topicPrefix: string
  readonly clock: Pick<Clock, 'now'>
}

/** Notes up to which time a processor has processed its topic, so that the feeds know how old their rows are. */
export interface ProgressNotes {
  /** `appendedAt`: of the last record of a handled batch, milliseconds. */
  handled(partition: number, appendedAt: number): Promise<void>
  /** The partitions are handled up to the ends they had at `asOf`. */
  idle(partitions: readonly number[], asOf: number): Promise<void>
}

export function createProgressNotes(stage: string, topic: string, deps: ProgressDeps): ProgressNotes {
  const { positions, topicPrefix, clock } = deps
  const noted = new Map<number, number>()
  const note = async (partition: number, until: number) => {
    const now = clock.now()
    if (now - (noted.get(partition) ?? Number.NEGATIVE_INFINITY) < EVERY_MS) return
    await positions?.noteUntil(`${topicPrefix}${stage}`, `${topicPrefix}${topic}`, partition, until)
    noted.set(partition, now)
  }
  return {
    handled: note,
    async idle(partitions, asOf) {
      for (const partition of partitions) await note(partition, asOf - SETTLE_MS)
    },
  }
}
