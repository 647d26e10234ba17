import type { EntityResult, ResultPlaces } from '../../events/generated/events.ts'

/** A result with the task it belongs to; null for pushed entities. */
export interface StageResult {
  readonly taskId: string | null
  readonly result: EntityResult
  /** Where the events behind it are kept; left out where no record is. */
  readonly places?: ResultPlaces
}

/** Sends results to `sync-status`; resolves when they are acknowledged. */
export interface StatusReporter {
  report(stage: string, partition: number, results: readonly StageResult[]): Promise<void>
}
