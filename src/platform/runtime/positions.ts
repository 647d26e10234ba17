import type { TableDefinition, Tables } from '../dynamodb/tables.ts'

const CHECKPOINTS = 'checkpoints'

/** Positions of consumer groups, kept beside the broker's own for the case that it forgets them. */
export const positionTables: readonly TableDefinition[] = [
  { name: CHECKPOINTS, partitionKey: 'group', sortKey: 'place' },
]

export interface Positions {
  /** By partition: everything before the offset is done. Partitions nothing is known of are left out. */
  read(group: string, topic: string): Promise<ReadonlyMap<number, bigint>>
  /** Notes how far a group came; never back (Guarantee 4: a zombie's position is older). */
  note(group: string, topic: string, partition: number, offset: bigint): Promise<void>
  /** Sets a position by hand, forwards or back. */
  set(group: string, topic: string, partition: number, offset: bigint): Promise<void>
}

/** Offsets as text that sorts. */
const text = (offset: bigint): string => String(offset).padStart(20, '0')
const checkpointPlace = (topic: string, partition: number): string => `${topic}#${String(partition).padStart(5, '0')}`

export function createPositions(tables: Tables): Positions {
  return {
    async read(group, topic) {
      const items = await tables.query(CHECKPOINTS, { partition: group, beginsWith: `${topic}#` })
      return new Map(items.map((item) => [Number(item['partition_number']), BigInt(String(item['offset']))]))
    },
    async note(group, topic, partition, offset) {
      const item = {
        group,
        place: checkpointPlace(topic, partition),
        partition_number: partition,
        offset: text(offset),
      }
      const newer = { attribute: 'offset', is: '<' as const, value: text(offset) }
      await tables.put(CHECKPOINTS, item, { anyOf: [{ absent: 'offset' }, newer] })
    },
    async set(group, topic, partition, offset) {
      const item = {
        group,
        place: checkpointPlace(topic, partition),
        partition_number: partition,
        offset: text(offset),
      }
      await tables.put(CHECKPOINTS, item)
    },
  }
}
