import type { EntityResult, ResultPlaces } from '../events/generated/events.ts'

/** A stage's report of an order. */
export interface ReportOfOrder {
  readonly stage: string
  /** Milliseconds. */
  readonly at: number
  readonly task: string | null
  readonly result: EntityResult
  readonly places: ResultPlaces
}
