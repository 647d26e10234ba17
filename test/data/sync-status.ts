import type { EntityResult, ResultPlaces } from '../../src/events/generated/events.ts'
import { decoded } from '../worlds/stage-context.ts'

export function entityResult(over: Partial<EntityResult> & { readonly status: string }): EntityResult {
  return {
    entity: 'orders',
    source: 'shop',
    key: '100',
    connection: 'c1',
    eventId: 'e-1',
    occurredAt: 1000,
    readAt: 2000,
    code: null,
    message: null,
    targetId: null,
    contentId: null,
    ...over,
  }
}

/** A `sync-status` record of one stage at one time. */
export function statusRecord(
  stage: string,
  at: number,
  results: readonly EntityResult[],
  taskId: string | null = 't',
  places: readonly ResultPlaces[] = [],
) {
  return decoded<'sync-status'>({ taskId, stage, partition: 0, at, results, places }, { offset: at })
}
