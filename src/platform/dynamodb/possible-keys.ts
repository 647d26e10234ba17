import { StreamError } from '../../errors.ts'
import type { Item, RangeQuery, TableDefinition } from './tables.ts'

/** DynamoDB's limits, in bytes of UTF-8. */
const LONGEST_PARTITION = 2048
const LONGEST_SORT = 1024

type Keys = Pick<TableDefinition, 'partitionKey' | 'sortKey'>

/** Whether an item can have this key: keys are not empty and not too long. */
export function isPossibleKey({ partitionKey, sortKey }: Keys, key: Item): boolean {
  return fits(key[partitionKey], LONGEST_PARTITION) && (sortKey === undefined || fits(key[sortKey], LONGEST_SORT))
}

/** Whether a key can be in the range. */
export function isPossibleRange({ partition, beginsWith }: Pick<RangeQuery, 'partition' | 'beginsWith'>): boolean {
  return fits(partition, LONGEST_PARTITION) && (beginsWith === undefined || isShort(beginsWith, LONGEST_SORT))
}

/** Throws `value_too_large` for an item whose key is too long to store. */
export function checkKey(table: string, { partitionKey, sortKey }: Keys, item: Item): void {
  const longest = { [partitionKey]: LONGEST_PARTITION, ...(sortKey === undefined ? {} : { [sortKey]: LONGEST_SORT }) }
  for (const [name, most] of Object.entries(longest)) {
    const value = item[name]
    if (typeof value !== 'string' || isShort(value, most)) continue
    const message = `${name}: a key of table ${table} has more than ${most} bytes; use shorter ids and keys`
    throw new StreamError('value_too_large', message, { field: name })
  }
}

function fits(value: unknown, most: number): boolean {
  return typeof value !== 'string' || (value !== '' && isShort(value, most))
}

function isShort(text: string, most: number): boolean {
  // Counts bytes only when there may be too many.
  return text.length * 3 <= most || Buffer.byteLength(text) <= most
}
