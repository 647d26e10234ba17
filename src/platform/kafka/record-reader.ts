import type { LogRecord } from './event-log.ts'

/** Where a record is; `topic` includes the prefix. */
export interface RecordPlace {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

/**
 * Reads single records by their places, without joining a group or committing. Records of several partitions are
 * fetched at once, and neighbours of one partition together.
 */
export interface RecordReader {
  /** In the order of the places; null where no record exists (any more). Rejects with `broker_unavailable`. */
  read(places: readonly RecordPlace[]): Promise<readonly (LogRecord | null)[]>
  close(): Promise<void>
}

/** The same text for the same place. */
export function placeText({ topic, partition, offset }: RecordPlace): string {
  return `${topic}#${partition}#${offset}`
}
