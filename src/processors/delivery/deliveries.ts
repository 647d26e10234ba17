import {
  type AttributeOf,
  flag,
  map,
  number,
  oneOf,
  or,
  orNull,
  rowsOf,
  rowType,
  text,
} from '../../platform/dynamodb/rows.ts'
import type { Condition, TableDefinition, Tables } from '../../platform/dynamodb/tables.ts'
import type { Delivery, Origin } from './delivery-row.ts'

const DELIVERIES = 'deliveries'

/** What each target has, or is being given (partition `connection`, sort `key`: kind|entity key). */
export const deliveryTables: readonly TableDefinition[] = [
  { name: DELIVERIES, partitionKey: 'connection', sortKey: 'key' },
]

/** A row that only notes a parked record has no version yet. */
export const deliveryRows = rowType<Delivery>(DELIVERIES, ['connection', 'key'], {
  connection: text,
  key: text,
  rank: or(text, ''),
  digest: or(text, ''),
  origin: orNull(map<Origin>({ topic: text, partition: number, offset: text })),
  state: or(oneOf('delivering', 'delivered', 'refused'), 'refused'),
  fence: or(number, 0),
  until: or(number, 0),
  unsettledUntil: or(number, 0),
  unsettledDigest: or(text, ''),
  targetId: orNull(text),
  parked: or(flag, false),
})

export interface Deliveries {
  find(connection: string, key: string): Promise<Delivery | undefined>
  /** Writes the intent, or the confirmed version; false: the row changed since it was read, read it again (Guarantee 4). */
  begin(intent: Delivery): Promise<boolean>
  /** The target has it. False: the intent was overtaken, and what was sent may lie over a newer version. */
  finish(intent: Delivery, targetId: string | null): Promise<boolean>
  /** The target certainly does not have it. */
  refuse(intent: Delivery): Promise<boolean>
  /** A record of the key was parked, or no longer is. */
  noteParked(connection: string, key: string, parked: boolean): Promise<void>
}

export function createDeliveries(tables: Tables): Deliveries {
  const rows = rowsOf(tables, deliveryRows)
  const end = async (intent: Delivery, set: Partial<Delivery>): Promise<boolean> =>
    await rows.update(
      deliveryRowKey(intent),
      { set: { ...set, until: 0 } },
      { attribute: 'fence', is: '=', value: intent.fence },
    )
  return {
    find: (connection, key) => rows.get({ connection, key }),
    async begin(intent) {
      const { connection: _connection, key: _key, parked: _parked, ...set } = intent
      const seen = intent.fence - 1
      const unchanged: Condition<AttributeOf<Delivery>> =
        seen === 0 ? { absent: 'fence' } : { attribute: 'fence', is: '=', value: seen }
      return await rows.update(deliveryRowKey(intent), { set }, unchanged)
    },
    finish: (intent, targetId) => end(intent, { state: 'delivered', targetId }),
    refuse: (intent) => end(intent, { state: 'refused' }),
    async noteParked(connection, key, parked) {
      await rows.update({ connection, key }, { set: { parked } })
    },
  }
}

const deliveryRowKey = ({ connection, key }: Delivery) => ({ connection, key })
