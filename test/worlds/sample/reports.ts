import type { EntityResult, Place, ResultPlaces } from '../../../src/events/generated/events.ts'
import type { Tables } from '../../../src/platform/dynamodb/tables.ts'
import { stagedStage } from '../../../src/projections/staged.ts'
import { entityResult, statusRecord } from '../../data/sync-status.ts'
import { batchContext } from '../stage-context.ts'

/** What a stage said of an entity, and when. */
export interface Told {
  readonly stage: string
  readonly at: number
  readonly result: Partial<EntityResult> & { readonly status: string }
  readonly source?: Place | null
  readonly mapped?: Place | null
}

/** Hands reports to the projections in the order of their times, as the topic would. */
export async function report(tables: Tables, told: readonly Told[]): Promise<void> {
  const inOrder = told.toSorted((a, b) => a.at - b.at)
  const batch = inOrder.map(({ stage, at, result, source = null, mapped = null }) => {
    const places: ResultPlaces = { source, mapped }
    const about = { occurredAt: at - 9_000, readAt: at - 4_000, eventId: `${result.source}-${result.key}` }
    return statusRecord(stage, at, [entityResult({ ...about, ...result })], null, [places])
  })
  await stagedStage({ tables, settleMs: 0 }).handle(batch, batchContext().context)
}
