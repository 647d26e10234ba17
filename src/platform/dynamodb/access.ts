import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { fromDynamo } from './dynamo-errors.ts'
import type { TableKeys } from './table-keys.ts'
import type { Item } from './tables.ts'

/** Access to the tables, shared by reads and writes. */
export interface TableAccess {
  readonly client: DynamoDBDocumentClient
  readonly keys: TableKeys
  readonly prefix: string
}

export async function guarded<T>(table: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw fromDynamo(error, table)
  }
}

/** Converts sets of text to sorted lists, at any depth. */
export function plain(item: Item): Item {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plainValue(value)]))
}

function plainValue(value: unknown): unknown {
  if (value instanceof Set) return [...value].toSorted()
  if (Array.isArray(value)) return value.map(plainValue)
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plainValue(field)]))
}
