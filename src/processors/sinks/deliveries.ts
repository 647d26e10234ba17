import { StreamError } from '../../errors.ts'
import type { Condition, TableDefinition, Tables } from '../../platform/dynamodb/tables.ts'

const DELIVERIES = 'deliveries'

/** What each target has, or is being given (partition `connection`, sort `key`: kind|entity key). */
export const sinkTables: TableDefinition[] = [{ name: DELIVERIES, partitionKey: 'connection', sortKey: 'key' }]

export interface Delivery {
  readonly connection: string
  readonly key: string
  /** Version that was delivered, or that is on its way. */
  readonly rank: string
  readonly digest: string
  readonly targetId: string | null
  /** `delivering` from before the write until after it: only `delivered` says what the target has. */
  readonly state: 'delivering' | 'delivered'
}

export interface Deliveries {
  find(connection: string, key: string): Promise<Delivery | undefined>
  /** Marks the write about to be done; false: a newer version was there first (Guarantee 4). */
  begin(delivery: Omit<Delivery, 'state'>): Promise<boolean>
  /** The target has the content of this version already; false: a newer version was there first. */
  confirm(delivery: Omit<Delivery, 'state'>): Promise<boolean>
  /** Throws `concurrent_change` when a newer version came in between, which then delivers itself. */
  finish(delivery: Omit<Delivery, 'state'>): Promise<void>
}

export function createDeliveries(tables: Tables): Deliveries {
  return {
    async find(connection, key) {
      const item = await tables.get(DELIVERIES, { connection, key })
      if (item === undefined) return undefined
      return {
        connection,
        key,
        rank: String(item['rank']),
        digest: String(item['digest']),
        targetId: typeof item['targetId'] === 'string' ? item['targetId'] : null,
        state: item['state'] === 'delivered' ? 'delivered' : 'delivering',
      }
    },
    begin: (delivery) => tables.put(DELIVERIES, { ...delivery, state: 'delivering' }, notNewerThan(delivery.rank)),
    confirm: (delivery) => tables.put(DELIVERIES, { ...delivery, state: 'delivered' }, notNewerThan(delivery.rank)),
    async finish(delivery) {
      const same: Condition = { attribute: 'rank', is: '=', value: delivery.rank }
      if (await tables.put(DELIVERIES, { ...delivery, state: 'delivered' }, same)) return
      throw new StreamError('concurrent_change', `a newer version of ${delivery.key} came while this one was delivered`)
    },
  }
}

function notNewerThan(rank: string): Condition {
  return { anyOf: [{ absent: 'rank' }, { attribute: 'rank', is: '<=', value: rank }] }
}
