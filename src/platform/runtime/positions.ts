import { number, rowsOf, rowType, text } from '../dynamodb/rows.ts'
import type { TableDefinition, Tables } from '../dynamodb/tables.ts'

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
  /** Sets a position by hand, forwards or back. */
  set(group: string, topic: string, partition: number, offset: bigint): Promise<void>
}

interface Checkpoint {
  readonly group: string
  readonly place: string
  readonly partition_number: number
  readonly offset: string
}

export const checkpoints = rowType<Checkpoint>(CHECKPOINTS, ['group', 'place'], {
  group: text,
  place: text,
  partition_number: number,
  offset: text,
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
      const row = checkpointOf(group, topic, partition, offset)
      await rows.put(row, { anyOf: [{ absent: 'offset' }, { attribute: 'offset', is: '<', value: row.offset }] })
    },
    async set(group, topic, partition, offset) {
      await rows.put(checkpointOf(group, topic, partition, offset))
    },
  }
}

function checkpointOf(group: string, topic: string, partition: number, offset: bigint): Checkpoint {
  return { group, place: checkpointPlace(topic, partition), partition_number: partition, offset: offsetText(offset) }
}
