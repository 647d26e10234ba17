import { type AttributeOf, number, orNull, rowsOf, rowType, text } from '../dynamodb/rows.ts'
import type { Condition, TableDefinition, Tables } from '../dynamodb/tables.ts'

const CHECKPOINTS = 'checkpoints'

/** Positions of consumer groups, stored in addition to the broker's own in case it loses them. */
export const positionTables: readonly TableDefinition[] = [
  { name: CHECKPOINTS, partitionKey: 'group', sortKey: 'place' },
]

export interface Positions {
  /** By partition: everything before the offset is done. Partitions without a known position are left out. */
  read(group: string, topic: string): Promise<ReadonlyMap<number, bigint>>
  /** Advances a group's position, never backwards (Guarantee 4: a zombie's position is older). */
  note(group: string, topic: string, partition: number, offset: bigint): Promise<void>
  /**
   * Notes that a group has processed everything that was appended to the partition before `time` (milliseconds); never
   * goes back. Without effect until the partition has a position.
   */
  noteUntil(group: string, topic: string, partition: number, time: number): Promise<void>
  /** By partition, the time of `noteUntil`. Partitions without one are left out. */
  readUntil(group: string, topic: string): Promise<ReadonlyMap<number, number>>
  /** Sets a position by hand, forwards or back. */
  set(group: string, topic: string, partition: number, offset: bigint): Promise<void>
}

type Forward = Condition<AttributeOf<Checkpoint>>

interface Checkpoint {
  readonly group: string
  readonly place: string
  readonly partition_number: number
  readonly offset: string
  /** Milliseconds; null: not noted. */
  readonly processed_until: number | null
}

export const checkpoints = rowType<Checkpoint>(CHECKPOINTS, ['group', 'place'], {
  group: text,
  place: text,
  partition_number: number,
  offset: text,
  processed_until: orNull(number),
})

/** Offsets as text that sorts. */
const offsetText = (offset: bigint): string => String(offset).padStart(20, '0')
const checkpointPlace = (topic: string, partition: number): string => `${topic}#${String(partition).padStart(5, '0')}`

export function createPositions(tables: Tables): Positions {
  const rows = rowsOf(tables, checkpoints)
  return {
    async read(group, topic) {
      // Skipping an unreadable row would make its group start from the beginning.
      const known = await rows.queryWhole({ partition: group, beginsWith: `${topic}#` })
      return new Map(known.map(({ partition_number, offset }) => [partition_number, BigInt(offset)]))
    },
    async note(group, topic, partition, offset) {
      const set = { partition_number: partition, offset: offsetText(offset) }
      const forward: Forward = { anyOf: [{ absent: 'offset' }, { attribute: 'offset', is: '<', value: set.offset }] }
      await rows.update({ group, place: checkpointPlace(topic, partition) }, { set }, forward)
    },
    async noteUntil(group, topic, partition, time) {
      const later: Forward = {
        anyOf: [{ absent: 'processed_until' }, { attribute: 'processed_until', is: '<', value: time }],
      }
      const known: Forward = { allOf: [{ present: 'offset' }, later] }
      await rows.update({ group, place: checkpointPlace(topic, partition) }, { set: { processed_until: time } }, known)
    },
    async readUntil(group, topic) {
      const known = await rows.query({ partition: group, beginsWith: `${topic}#` })
      const noted = known.flatMap(({ partition_number, processed_until: until }) =>
        until === null ? [] : [[partition_number, until] as const],
      )
      return new Map(noted)
    },
    async set(group, topic, partition, offset) {
      const row = { group, place: checkpointPlace(topic, partition), partition_number: partition }
      await rows.put({ ...row, offset: offsetText(offset), processed_until: null })
    },
  }
}
