import {
  conditionOf,
  isMine,
  markedChange,
  markedItem,
  showsChange,
  showsPut,
} from '../../src/platform/dynamodb/own-writes.ts'
import { keyIn } from '../../src/platform/dynamodb/table-keys.ts'
import type { Change, Item, Key, TableDefinition, Tables, WriteCondition } from '../../src/platform/dynamodb/tables.ts'

/** A write that can be sent several times; its first answer is lost. */
export interface SentWrite<T> {
  send(): Promise<T>
  /** What the client of DynamoDB answers after it has sent the request again. */
  sendAgain(): Promise<T>
}

interface SentWrites {
  put(table: string, item: Item, when?: WriteCondition): SentWrite<boolean>
  update(table: string, key: Key, change: Change, when?: WriteCondition): SentWrite<Item | null>
  delete(table: string, key: Key, when?: WriteCondition): SentWrite<boolean>
}

/** As `createWrites` sends them, with the same mark each time. */
export function sentWrites(tables: Tables, definitions: readonly TableDefinition[]): SentWrites {
  const keyOf = (table: string, item: Item): Key => {
    const definition = definitions.find(({ name }) => name === table)
    if (definition === undefined) throw new TypeError(`table ${table} is not defined`)
    return keyIn(definition, item)
  }
  return {
    put(table, item, when) {
      const sent = markedItem(item, when)
      const send = () => tables.put(table, sent, conditionOf(when))
      const shows = async () => isMine(when) && showsPut(await tables.get(table, keyOf(table, item)), sent)
      return { send, sendAgain: async () => (await send()) || (await shows()) }
    },
    update(table, key, change, when) {
      const sent = markedChange(change, when)
      const send = () => tables.update(table, key, sent, conditionOf(when))
      const shown = async () => {
        const found = isMine(when) ? await tables.get(table, key) : undefined
        return found !== undefined && showsChange(found, sent) ? found : null
      }
      return { send, sendAgain: async () => (await send()) ?? (await shown()) }
    },
    delete(table, key, when) {
      const send = () => tables.delete(table, key, conditionOf(when))
      const isGone = async () => isMine(when) && (await tables.get(table, key)) === undefined
      return { send, sendAgain: async () => (await send()) || (await isGone()) }
    },
  }
}

/**
 * Tables that lose the first answer of each write with a condition, after it was carried out: the answer is that of the
 * request that the client sends again. An increment without `mine` is sent once, as its caller accepts that it may count
 * twice.
 */
export function resentWrites(tables: Tables, definitions: readonly TableDefinition[]): Tables {
  const writes = sentWrites(tables, definitions)
  const again = async <T>({ send, sendAgain }: SentWrite<T>): Promise<T> => {
    await send()
    return await sendAgain()
  }
  return {
    ...tables,
    put: (table, item, when) => (when === undefined ? tables.put(table, item) : again(writes.put(table, item, when))),
    update: (table, key, change, when) =>
      when === undefined || (change.increment !== undefined && !isMine(when))
        ? tables.update(table, key, change, when)
        : again(writes.update(table, key, change, when)),
    delete: (table, key, when) =>
      when === undefined ? tables.delete(table, key) : again(writes.delete(table, key, when)),
  }
}
