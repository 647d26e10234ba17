import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  ScanCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb'
import { guarded } from './access.ts'
import { inChunks, PUT_AT_ONCE } from './batches.ts'

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

export function createStoredItems(client: DynamoDBClient, prefix: string): StoredItems {
  return {
    read: (table) => scan(client, `${prefix}${table}`),
    write: (table, items) => write(client, `${prefix}${table}`, items),
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

async function write(client: DynamoDBClient, name: string, items: readonly StoredItem[]): Promise<void> {
  const puts = items.map((item): WriteRequest => ({ PutRequest: { Item: { ...item } } }))
  await inChunks(name, puts, PUT_AT_ONCE, async (left) => {
    const RequestItems = { [name]: [...left] }
    const { UnprocessedItems } = await guarded(name, () => client.send(new BatchWriteItemCommand({ RequestItems })))
    return UnprocessedItems?.[name] ?? []
  })
}
