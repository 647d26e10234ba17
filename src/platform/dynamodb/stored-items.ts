import { setTimeout as sleep } from 'node:timers/promises'
import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  ScanCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb'
import { StreamError } from '../../errors.ts'
import { backOffMs } from '../backoff.ts'
import { guarded } from './access.ts'

/** An item as DynamoDB stores it, with the type of each attribute: sets, bytes and numbers are preserved. */
export type StoredItem = Readonly<Record<string, AttributeValue>>

/** Whole tables in DynamoDB's own form, for copies. Names are without prefix. Rejects with `table_unavailable`. */
export interface StoredItems {
  /** Every item, by page, strongly consistent. */
  read(table: string): AsyncIterable<readonly StoredItem[]>
  /** Writes items, replacing those of the same key. Keys must differ. */
  write(table: string, items: readonly StoredItem[]): Promise<void>
  isEmpty(table: string): Promise<boolean>
}

const WRITTEN_AT_ONCE = 25
/** About half a minute in all. */
const MOST_TRIES = 12
const BACK_OFF = { firstMs: 50, longestMs: 5_000 }

export function createStoredItems(client: DynamoDBClient, prefix: string): StoredItems {
  return {
    read: (table) => scan(client, `${prefix}${table}`),
    async write(table, items) {
      for (let from = 0; from < items.length; from += WRITTEN_AT_ONCE) {
        await writeBatch(client, `${prefix}${table}`, items.slice(from, from + WRITTEN_AT_ONCE))
      }
    },
    async isEmpty(table) {
      const name = `${prefix}${table}`
      const { Items = [] } = await guarded(name, () => client.send(new ScanCommand({ TableName: name, Limit: 1 })))
      return Items.length === 0
    },
  }
}

async function* scan(client: DynamoDBClient, name: string): AsyncGenerator<readonly StoredItem[]> {
  let start: Record<string, AttributeValue> | undefined
  do {
    const input = {
      TableName: name,
      ConsistentRead: true,
      ...(start === undefined ? {} : { ExclusiveStartKey: start }),
    }
    const { Items = [], LastEvaluatedKey } = await guarded(name, () => client.send(new ScanCommand(input)))
    yield Items
    start = LastEvaluatedKey
  } while (start !== undefined)
}

async function writeBatch(client: DynamoDBClient, name: string, items: readonly StoredItem[]): Promise<void> {
  let left: WriteRequest[] = items.map((item) => ({ PutRequest: { Item: { ...item } } }))
  for (let tries = 1; left.length > 0; tries += 1) {
    if (tries > MOST_TRIES) {
      const message = `table ${name} rejected the rest of the batch: ${left.length} items were not written`
      throw new StreamError('table_unavailable', message)
    }
    if (tries > 1) await sleep(backOffMs(tries, BACK_OFF, Math.random))
    const RequestItems = { [name]: left }
    const { UnprocessedItems } = await guarded(name, () => client.send(new BatchWriteItemCommand({ RequestItems })))
    left = UnprocessedItems?.[name] ?? []
  }
}
