import {
  type AttributeOf,
  flag,
  map,
  number,
  oneOf,
  or,
  orNull,
  type RowChange,
  rowsOf,
  rowType,
  text,
} from '../../platform/dynamodb/rows.ts'
import type { Condition, TableDefinition, Tables } from '../../platform/dynamodb/tables.ts'
import type { Cancellation, Delivery, Origin } from './delivery-row.ts'

const DELIVERIES = 'deliveries'

/** What each target has, or is being sent (partition `connection`, sort `key`: kind|entity key). */
export const deliveryTables: readonly TableDefinition[] = [
  { name: DELIVERIES, partitionKey: 'connection', sortKey: 'key' },
]

/** A row that only notes a parked record has no version yet. */
export const deliveryRows = rowType<Delivery>(DELIVERIES, ['connection', 'key'], {
  connection: text,
  key: text,
  rank: or(text, ''),
  digest: or(text, ''),
  contentId: orNull(text),
  origin: orNull(map<Origin>({ topic: text, partition: number, offset: text })),
  state: or(oneOf('delivering', 'delivered', 'refused'), 'refused'),
  fence: or(number, 0),
  until: or(number, 0),
  unsettledUntil: or(number, 0),
  unsettledDigest: or(text, ''),
  targetId: orNull(text),
  parked: or(flag, false),
  heldUntil: or(number, 0),
  cancellation: orNull(map<Cancellation>({ by: text, reason: text, at: text })),
  decisions: or(number, 0),
})

export interface Deliveries {
  find(connection: string, key: string): Promise<Delivery | undefined>
  /**
   * Writes the intent, or the confirmed version. False: the row changed since it was read, or somebody holds it since;
   * read it again (Guarantee 4).
   */
  begin(intent: Delivery): Promise<boolean>
  /** The target has it. False: another intent overtook this one, and our write may have overwritten a newer version. */
  finish(intent: Delivery, targetId: string | null): Promise<boolean>
  /** The target certainly does not have it. */
  refuse(intent: Delivery): Promise<boolean>
  /** Notes whether a record of the key is parked. */
  noteParked(connection: string, key: string, parked: boolean): Promise<void>
  /**
   * Once it resolves, no write of the key begins before `until`. Returns the row as it was at that moment; what it says
   * of a write that began earlier stays true, however that write ends.
   */
  hold(connection: string, key: string, until: number): Promise<Delivery | undefined>
  /**
   * Once it resolves, the target gets the key as canceled, whatever version arrives; null: as its versions say. Returns
   * the row as it was at that moment.
   */
  cancel(connection: string, key: string, cancellation: Cancellation | null): Promise<Delivery | undefined>
  /** Ends a hold; idempotent. */
  release(connection: string, key: string): Promise<void>
}

export function createDeliveries(tables: Tables): Deliveries {
  const rows = rowsOf(tables, deliveryRows)
  /**
   * Changes the row and returns it as it was at that moment: no write of the key began in between. An earlier decision
   * whose answer was lost can no longer take effect.
   */
  const decide = async (
    connection: string,
    key: string,
    { set = {}, remove = [] }: RowChange<Delivery>,
  ): Promise<Delivery | undefined> => {
    for (;;) {
      const row = await rows.get({ connection, key })
      const decisions = row?.decisions ?? 0
      const seen = { allOf: [sameFence(row?.fence ?? 0), sameCount('decisions', decisions)] }
      if (await rows.update({ connection, key }, { set: { ...set, decisions: decisions + 1 }, remove }, seen))
        return row
    }
  }
  const end = async (intent: Delivery, set: Partial<Delivery>): Promise<boolean> =>
    await rows.update(
      deliveryRowKey(intent),
      { set: { ...set, until: 0 } },
      { attribute: 'fence', is: '=', value: intent.fence },
    )
  return {
    find: (connection, key) => rows.get({ connection, key }),
    async begin(intent) {
      const { connection: _connection, key: _key, parked: _parked, ...others } = intent
      const { heldUntil, cancellation, decisions, ...set } = others
      const sameDecisions: RowCondition = {
        allOf: [
          sameCount('decisions', decisions),
          // A process of an earlier version does not count its decisions.
          heldUntil === 0 ? { absent: 'heldUntil' } : { attribute: 'heldUntil', is: '=', value: heldUntil },
          cancellation === null ? { absent: 'cancellation' } : { present: 'cancellation' },
        ],
      }
      const seen = { allOf: [sameFence(intent.fence - 1), sameDecisions] }
      return await rows.update(deliveryRowKey(intent), { set }, { mine: seen })
    },
    finish: (intent, targetId) => end(intent, { state: 'delivered', targetId }),
    refuse: (intent) => end(intent, { state: 'refused' }),
    async noteParked(connection, key, parked) {
      await rows.update({ connection, key }, { set: { parked } })
    },
    hold: (connection, key, until) => decide(connection, key, { set: { heldUntil: until } }),
    cancel: (connection, key, cancellation) =>
      decide(connection, key, cancellation === null ? { remove: ['cancellation'] } : { set: { cancellation } }),
    async release(connection, key) {
      await decide(connection, key, { remove: ['heldUntil'] })
    },
  }
}

type RowCondition = Condition<AttributeOf<Delivery>>

/** 0: no write has begun yet. */
const sameFence = (seen: number): RowCondition => sameCount('fence', seen)

const sameCount = (attribute: 'fence' | 'decisions', seen: number): RowCondition =>
  seen === 0 ? { absent: attribute } : { attribute, is: '=', value: seen }

const deliveryRowKey = ({ connection, key }: Delivery) => ({ connection, key })
