import { PUBLISHED } from '../../src/control/tables.ts'
import type { TopicKind } from '../../src/events/topics.ts'
import { conditionOf } from '../../src/platform/dynamodb/own-writes.ts'
import type { Condition, Item, Tables, WriteCondition } from '../../src/platform/dynamodb/tables.ts'
import type { ConsumeOptions, EventLog, LogBatch } from '../../src/platform/kafka/event-log.ts'
import type { Stage } from '../../src/platform/runtime/stage.ts'
import { stateTables } from '../../src/processors/entity-states.ts'
import type { FeedMeta } from '../../src/projections/feed-table.ts'
import { inventoryFeed } from '../../src/projections/inventory-feed.ts'
import { type Wire, wireOf, wiresOf } from '../../src/systems/kit/wire.ts'
import type { NetSuiteClient } from '../../src/systems/netsuite/client.ts'

/** A way to take one of the guards out of the program, to see whether the simulation notices. */
export interface Guard {
  readonly log?: (log: EventLog) => EventLog
  readonly tables?: (tables: Tables) => Tables
  readonly netsuite?: (client: NetSuiteClient) => NetSuiteClient
  readonly stage?: (stage: Stage<TopicKind>) => Stage<TopicKind>
  /** What the reader of the feed takes the meta item for. */
  readonly meta?: (meta: FeedMeta) => FeedMeta
}

const CLAIMS = 'stock_claims'

const withPut =
  (change: (table: string) => boolean) =>
  (tables: Tables): Tables => ({
    ...tables,
    put: (table, item, condition) => tables.put(table, item, change(table) ? undefined : condition),
  })

/** Guards by name: what is done with them in the program is not done. */
export const guards = {
  /** Guarantee 1: offsets are committed before the batch is handled. */
  'commit-after-handling': { log: committingFirst },
  /** Guarantee 1: content counts as published before the broker has acknowledged it. */
  'published-after-acknowledgement': {
    tables: (tables) => ({
      ...tables,
      put: (table, item, condition) =>
        tables.put(table, table === PUBLISHED ? { ...item, state: 'published' } : item, condition),
    }),
  },
  /** Guarantee 4: rows of the feed are written whatever is there. */
  'row-condition': { tables: withPut((table) => table === inventoryFeed.table) },
  /** Guarantee 4: what was published is noted whatever is there. */
  'published-condition': { tables: withPut((table) => table === PUBLISHED) },
  /** Guarantee 4: nothing is known of what was delivered or is on its way, and no key is looked at again. */
  'delivery-row': {
    tables: (tables) => ({
      ...tables,
      put: (table, item, condition) =>
        table === 'parked' && item['mark'] !== undefined ? Promise.resolve(true) : tables.put(table, item, condition),
      get: (table, key) => (table === 'deliveries' ? Promise.resolve(undefined) : tables.get(table, key)),
      update: (table, key, change, condition) =>
        tables.update(table, key, change, table === 'deliveries' ? undefined : condition),
    }),
  },
  /** Guarantee 4: a delivery knows nothing of who holds its order. */
  'held-order': { tables: forgetting('heldUntil') },
  /** Guarantee 4: a delivery knows nothing of what was canceled by hand. */
  'canceled-by-hand': { tables: forgetting('cancellation') },
  /** Guarantee 3: lines are sent without saying that they replace those that are there. */
  'replace-lines': {
    netsuite: (client) => ({
      ...client,
      upsertByExternalId: (type, id, body, _options, signal) => client.upsertByExternalId(type, id, body, {}, signal),
    }),
  },
  /** Guarantee 4: what was refunded before it was shipped is forgotten, and goes to the vendor again. */
  'taken-back': { tables: remembering(({ takenBack: _, ...known }) => known) },
  /** Guarantee 4: nothing is known of who had an order: one that ends is taken back from nobody. */
  'sent-before': { tables: remembering((known) => ({ ...known, vendors: [] })) },
  /** Guarantee 4: an order that the shop has on hold is told without saying that it waits. */
  'hold-status': {
    netsuite: (client) => ({
      ...client,
      upsertByExternalId: (type, id, body, options, signal) => {
        const { orderStatus: _, ...others } = wireOf(body)
        return client.upsertByExternalId(type, id, others, options, signal)
      },
    }),
  },
  /** Guarantee 5: nobody looks at what a vendor has shipped before an order is changed. */
  'shipped-lines': {
    netsuite: (client) => ({
      ...client,
      getByExternalId: async (type, id, options, signal) => {
        const order = await client.getByExternalId(type, id, options, signal)
        const item = wireOf(order?.['item'])
        const items = wiresOf(item['items']).map(({ quantityFulfilled: _, ...line }) => line)
        return order?.['item'] === undefined ? order : { ...order, item: { ...item, items } }
      },
    }),
  },
  /** Guarantee 4: nothing that the vendor acknowledged or refused ends a reservation. */
  'claims-released': {
    stage: (stage) => (stage.name.startsWith('settle-stock') ? { ...stage, handle: async () => undefined } : stage),
  },
  /** Guarantee 4: what the vendor acknowledged is reserved no longer, whatever stock was read. */
  'claims-told': { tables: claimingOf((order, claim) => [order, { ...claim, told: [] }], 'put') },
  /** Guarantee 3: what an order reserves is added to what it reserved before. */
  'claims-once': { tables: claimingOf((order, claim) => [`${order}~`, claim], 'get') },
  /** Guarantee 3: of the reports of an order only the last counts, whatever came before it. */
  'claims-history': {
    tables: (tables) => ({
      ...tables,
      get: async (table, key) => {
        const item = await tables.get(table, key)
        if (table !== CLAIMS || key['id'] !== 'order' || item === undefined) return item
        const { history: _, ...state } = wireOf(JSON.parse(String(item['state'])))
        return { ...item, state: JSON.stringify(state) }
      },
    }),
  },
  /** Guarantee 2: nobody looks again at a SKU of which the feed lacks a row. */
  'claims-of-late-rows': {
    tables: (tables) => ({
      ...tables,
      put: (table, item, condition) =>
        table === CLAIMS && String(item['part']).startsWith('due#')
          ? Promise.resolve(true)
          : tables.put(table, item, condition),
    }),
  },
  /** Guarantee 4: two stages that change what is reserved overwrite each other. */
  'claims-condition': { tables: withPut((table) => table === CLAIMS) },
  /** Guarantee 8: readers are served beyond the watermark. */
  watermark: {
    meta: (meta) => ({
      ...meta,
      watermark: (generation, shard) => {
        const known = meta.watermark(generation, shard)
        return known === undefined ? known : { ...known, position: { time: 10 ** 14, offset: 10n ** 15n } }
      },
    }),
  },
  /** Guarantee 9: a generation is written beside the live one although it lacks what came before. */
  'rebuild-join': {
    tables: (tables) => ({
      ...tables,
      get: async (table, key) => {
        const item = await tables.get(table, key)
        return table === inventoryFeed.table && item?.['building'] !== undefined ? joinedAtOnce(item) : item
      },
    }),
  },
} as const satisfies Record<string, Guard>

/** The tables, where what the orders claim of a SKU is something else, once it is read or written. */
function claimingOf(change: (order: string, claim: Wire) => readonly [string, Wire], when: 'get' | 'put') {
  const changed = (item: Item): Item => {
    const state = wireOf(JSON.parse(String(item['state'])))
    const orders = Object.entries(wireOf(state['orders'])).map(([order, claim]) => change(order, wireOf(claim)))
    return { ...item, state: JSON.stringify({ ...state, orders: Object.fromEntries(orders) }) }
  }
  return (tables: Tables): Tables => ({
    ...tables,
    get: async (table, key) => {
      const item = await tables.get(table, key)
      return when === 'get' && table === CLAIMS && key['id'] === 'sku' && item !== undefined ? changed(item) : item
    },
    put: (table, item, condition) =>
      tables.put(table, when === 'put' && table === CLAIMS && item['id'] === 'sku' ? changed(item) : item, condition),
  })
}

/** The tables, where the row of a delivery lacks an attribute, and no intent is compared with it. */
function forgetting(attribute: string): (tables: Tables) => Tables {
  return (tables) => ({
    ...tables,
    get: async (table, key) => {
      const { [attribute]: _, ...item } = (await tables.get(table, key)) ?? {}
      return Object.keys(item).length === 0 ? undefined : item
    },
    update: (table, key, change, condition) => {
      const isIntent = table === 'deliveries' && change.set?.['fence'] !== undefined
      return tables.update(table, key, change, isIntent ? withoutAttribute(condition, attribute) : condition)
    },
  })
}

function withoutAttribute(when: WriteCondition | undefined, attribute: string): Condition | undefined {
  const condition = conditionOf(when)
  if (condition === undefined || !('allOf' in condition)) return condition
  return { allOf: condition.allOf.filter((one) => !JSON.stringify(one).includes(`"${attribute}"`)) }
}

/** The tables, where what the processor of orders remembers of each is something else. */
function remembering(known: (state: Wire) => Wire): (tables: Tables) => Tables {
  return (tables) => ({
    ...tables,
    getMany: async (table, keys) => {
      const items = await tables.getMany(table, keys)
      if (!stateTables.some(({ name }) => name === table)) return items
      return items.map((item) => {
        const states = Object.entries(wireOf(JSON.parse(String(item['states']))))
        const changed = states.map(([key, state]) => [key, known(wireOf(state))])
        return { ...item, states: JSON.stringify(Object.fromEntries(changed)) }
      })
    },
  })
}

export type GuardName = keyof typeof guards

export function isGuardName(name: string): name is GuardName {
  return Object.hasOwn(guards, name)
}

export function guardOf(name: GuardName | null): Guard | null {
  return name === null ? null : guards[name]
}

/** The generation that is made counts as having what the live one has. */
function joinedAtOnce(meta: Item): Item {
  const live = `g${meta['generation'] ?? 1}_`
  const had = Object.entries(meta).filter(([name]) => name.startsWith(live) && name.endsWith('_position'))
  return { ...meta, ...Object.fromEntries(had.map(([name, at]) => [name.replace(live, `g${meta['building']}_`), at])) }
}

function committingFirst(log: EventLog): EventLog {
  return {
    ...log,
    consume: (options: ConsumeOptions) =>
      log.consume({
        ...options,
        onBatch: async (batch: LogBatch) => {
          const last = batch.records.at(-1)
          if (last !== undefined) await batch.commit(last.offset + 1n)
          await options.onBatch({ ...batch, commit: async () => undefined })
        },
      }),
  }
}
