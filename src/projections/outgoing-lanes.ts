import { type AttributeOf, number, or, orNull, rowsOf, rowType, text } from '../platform/dynamodb/rows.ts'
import type { Condition, Tables } from '../platform/dynamodb/tables.ts'
import { type Position, parsePosition, positionText } from './feed-row.ts'
import { OUTGOING_EVENTS } from './tables.ts'

/** Partition of the lanes in the table of outgoing events: owners of events contain a `#`. */
export const LANES = 'lanes'

/** A partition of a topic that outgoing events derive from. */
export interface Lane {
  /** Without prefix. */
  readonly topic: string
  readonly partition: number
}

/** Progress of writing the events of a lane. */
interface LaneRow {
  readonly owner: typeof LANES
  readonly place: string
  /** Everything up to it is written. Null: nothing is written yet. */
  readonly position: string | null
  /** Milliseconds: records appended from now on are at or after it. */
  readonly caught_up_to: number
}

export const laneRows = rowType<LaneRow>(OUTGOING_EVENTS, ['owner', 'place'], {
  owner: { expected: LANES, is: (value) => value === LANES },
  place: text,
  position: orNull(text),
  caught_up_to: or(number, 0),
})

const nameOf = ({ topic, partition }: Lane) => `${topic}#${partition}`
const keyOf = (lane: Lane) => ({ owner: LANES, place: nameOf(lane) }) as const

/** Progress of a lane. */
export interface LaneProgress {
  /** Everything up to it is written; null: nothing is written yet. */
  readonly position: Position | null
  /** Milliseconds: readers may have passed this time, so later events are placed at or after it. */
  readonly frontier: number
}

export async function laneProgress(tables: Tables, lane: Lane): Promise<LaneProgress> {
  const row = await rowsOf(tables, laneRows).get(keyOf(lane))
  return row === undefined ? { position: null, frontier: 0 } : progressOf(row)
}

function progressOf({ position: text, caught_up_to }: LaneRow): LaneProgress {
  const position = text === null ? null : parsePosition(text)
  return { position, frontier: Math.max(position?.time ?? 0, caught_up_to) }
}

/** Records that everything up to `position` is written; never moves backwards. */
export async function moveLane(tables: Tables, lane: Lane, position: Position): Promise<void> {
  const text = positionText(position)
  await rowsOf(tables, laneRows).update(keyOf(lane), { set: { position: text } }, isForward('position', text))
}

/** Records that a lane processed up to its end has no unwritten events before `time`; never moves backwards. */
export async function moveLaneCaughtUp(tables: Tables, lane: Lane, time: number): Promise<void> {
  await rowsOf(tables, laneRows).update(keyOf(lane), { set: { caught_up_to: time } }, isForward('caught_up_to', time))
}

function isForward(attribute: 'position' | 'caught_up_to', value: string | number): Condition<AttributeOf<LaneRow>> {
  return { anyOf: [{ absent: attribute }, { attribute, is: '<', value }] }
}

/** Time (milliseconds) before which all events of these topics are written; -1: a lane was never processed. */
export type LaneFrontiers = (topics: readonly string[]) => number

/** The current frontiers. `partitions`: number of partitions of each topic. */
export async function readLaneFrontiers(tables: Tables, partitions: number): Promise<LaneFrontiers> {
  const rows = await rowsOf(tables, laneRows).queryWhole({ partition: LANES })
  const reached = new Map(rows.map((row) => [row.place, progressOf(row).frontier]))
  return (topics) => {
    const lanes = topics.flatMap((topic) =>
      Array.from({ length: partitions }, (_, partition) => reached.get(nameOf({ topic, partition })) ?? -1),
    )
    return Math.min(...lanes)
  }
}
