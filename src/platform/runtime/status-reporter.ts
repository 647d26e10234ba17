import type { EntityResult } from '../../events/generated/events.ts'

/** A result with the task it belongs to; null for pushed entities. */
export interface StageResult {
  readonly taskId: string | null
  readonly result: EntityResult
}

/** Sends results to `sync-status`; resolves when they are acknowledged. */
export interface StatusReporter {
  report(stage: string, partition: number, results: readonly StageResult[]): Promise<void>
}
