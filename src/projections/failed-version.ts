import { list, map, number, or, orNull, text } from '../platform/dynamodb/rows.ts'

/** A version of an entity that became a dead letter at a stage, until a newer one passes the stage. */
export interface FailedVersion {
  readonly stage: string
  /** Sorts as the version does. */
  readonly rank: string
  /** Place of the record that failed, which the dead letter's id is made of. */
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly task: string | null
  readonly event_id: string
}

export const failedVersions = or(
  list(
    map<FailedVersion>({
      stage: text,
      rank: text,
      topic: text,
      partition: number,
      offset: number,
      task: orNull(text),
      event_id: text,
    }),
  ),
  [],
)
