import type { Condition, Item, TableDefinition, Tables } from '../../platform/dynamodb/tables.ts'
import type { Delivery, Origin } from './delivery-row.ts'

const DELIVERIES = 'deliveries'

/** What each target has, or is being given (partition `connection`, sort `key`: kind|entity key). */
export const deliveryTables: readonly TableDefinition[] = [
  { name: DELIVERIES, partitionKey: 'connection', sortKey: 'key' },
]

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
  const end = async (intent: Delivery, set: Item): Promise<boolean> => {
    const held: Condition = { attribute: 'fence', is: '=', value: intent.fence }
    return (await tables.update(DELIVERIES, deliveryRowKey(intent), { set: { ...set, until: 0 } }, held)) !== null
  }
  return {
    async find(connection, key) {
      const item = await tables.get(DELIVERIES, { connection, key })
      return item === undefined ? undefined : toDelivery(connection, key, item)
    },
    async begin(intent) {
      const { connection: _connection, key: _key, parked: _parked, ...set } = intent
      const seen = intent.fence - 1
      const unchanged: Condition = seen === 0 ? { absent: 'fence' } : { attribute: 'fence', is: '=', value: seen }
      return (await tables.update(DELIVERIES, deliveryRowKey(intent), { set }, unchanged)) !== null
    },
    finish: (intent, targetId) => end(intent, { state: 'delivered', targetId }),
    refuse: (intent) => end(intent, { state: 'refused' }),
    async noteParked(connection, key, parked) {
      await tables.update(DELIVERIES, { connection, key }, { set: { parked } })
    },
  }
}

const deliveryRowKey = ({ connection, key }: Delivery) => ({ connection, key })

/** A row that only notes a parked record has no version yet. */
function toDelivery(connection: string, key: string, item: Item): Delivery {
  const none = { rank: '', digest: '', origin: null, state: 'refused', fence: 0, until: 0 }
  const row = { ...none, unsettledUntil: 0, unsettledDigest: '', targetId: null, parked: false, ...item }
  return { ...(row as Omit<Delivery, 'origin'> & { readonly origin: Origin | null }), connection, key }
}
