import { DescribeTableCommand, type DynamoDBClient, type KeySchemaElement } from '@aws-sdk/client-dynamodb'
import type { Item, Key, TableDefinition } from './tables.ts'

/** Reads the key attributes of tables, once each: queries give only the partition's value, not its attribute. */
export interface TableKeys {
  /** `table` is without prefix; read from DynamoDB unless `remember` was called for it. */
  of(table: string): Promise<TableDefinition>
  remember(definition: TableDefinition): void
}

export function createTableKeys(client: DynamoDBClient, prefix: string): TableKeys {
  const known = new Map<string, Promise<TableDefinition>>()
  return {
    remember(definition) {
      known.set(definition.name, Promise.resolve(definition))
    },
    of(table) {
      const found = known.get(table)
      if (found !== undefined) return found
      const asked = describe(client, prefix, table)
      known.set(table, asked)
      asked.catch(() => known.delete(table))
      return asked
    },
  }
}

async function describe(client: DynamoDBClient, prefix: string, name: string): Promise<TableDefinition> {
  const { Table: table } = await client.send(new DescribeTableCommand({ TableName: `${prefix}${name}` }))
  const sortKey = keyAttribute(table?.KeySchema, 'RANGE')
  return {
    name,
    partitionKey: keyAttribute(table?.KeySchema, 'HASH') ?? '',
    ...(sortKey === undefined ? {} : { sortKey }),
    localIndexes: (table?.LocalSecondaryIndexes ?? []).map((index) => ({
      name: index.IndexName ?? '',
      sortKey: keyAttribute(index.KeySchema, 'RANGE') ?? '',
    })),
  }
}

export function keyAttribute(
  schema: readonly KeySchemaElement[] | undefined,
  type: 'HASH' | 'RANGE',
): string | undefined {
  return schema?.find(({ KeyType }) => KeyType === type)?.AttributeName
}

/** The key of an item. */
export function keyIn({ partitionKey, sortKey }: TableDefinition, item: Item): Key {
  const keys = [partitionKey, ...(sortKey === undefined ? [] : [sortKey])]
  return Object.fromEntries(keys.map((one) => [one, String(item[one])]))
}
