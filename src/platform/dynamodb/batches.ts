import { setTimeout as sleep } from 'node:timers/promises'
import {
  BatchExecuteStatementCommand,
  BatchGetCommand,
  BatchWriteCommand,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb'
import { StreamError } from '../../errors.ts'
import { backOffMs } from '../backoff.ts'
import { forEachBounded } from '../bounded.ts'
import type { Item, Key } from './tables.ts'

const GET_AT_ONCE = 100
export const PUT_AT_ONCE = 25
const REQUESTS_AT_ONCE = 4
const MOST_TRIES = 12
const BACK_OFF = { firstMs: 50, longestMs: 5_000 }

/** `name` includes the prefix. Keys must differ. */
export async function getMany(client: DynamoDBDocumentClient, name: string, keys: readonly Key[]): Promise<Item[]> {
  const items: Item[] = []
  await inChunks(name, keys, GET_AT_ONCE, async (left) => {
    const asked = { [name]: { Keys: [...left], ConsistentRead: true } }
    const answer = await client.send(new BatchGetCommand({ RequestItems: asked }))
    items.push(...(answer.Responses?.[name] ?? []))
    return (answer.UnprocessedKeys?.[name]?.Keys ?? []) as Key[]
  })
  return items
}

/** `name` includes the prefix. Keys of the items must differ. */
export async function putMany(client: DynamoDBDocumentClient, name: string, items: readonly Item[]): Promise<void> {
  await inChunks(name, items, PUT_AT_ONCE, async (left) => {
    const asked = { [name]: left.map((item) => ({ PutRequest: { Item: item } })) }
    const answer = await client.send(new BatchWriteCommand({ RequestItems: asked }))
    return (answer.UnprocessedItems?.[name] ?? []).flatMap(({ PutRequest }) => PutRequest?.Item ?? [])
  })
}

/** Items that a batch of inserts did not write: `there` had an item of their key already, `failed` failed otherwise. */
export interface NotInserted {
  readonly there: readonly Item[]
  readonly failed: readonly Item[]
}

/** Temporary errors: the statement is sent again. */
const BUSY: readonly string[] = [
  'ProvisionedThroughputExceeded',
  'ThrottlingError',
  'RequestLimitExceeded',
  'InternalServerError',
  'TransactionConflict',
]

/**
 * Inserts items by statements, 25 a request: the only batch in which each write has a condition, that no item has its
 * key. An item that is sent again after a lost answer is reported in `there`. `name` includes the prefix. Keys must
 * differ.
 */
export async function insertMany(
  client: DynamoDBDocumentClient,
  name: string,
  items: readonly Item[],
): Promise<NotInserted> {
  const [there, failed]: [Item[], Item[]] = [[], []]
  await inChunks(name, items, PUT_AT_ONCE, async (left) => {
    const Statements = left.map((item) => insertOf(name, item))
    const { Responses = [] } = await client.send(new BatchExecuteStatementCommand({ Statements }))
    return left.filter((item, index) => {
      const code = Responses[index]?.Error?.Code
      if (code === undefined) return false
      if (BUSY.includes(code)) return true
      const kept = code === 'DuplicateItem' ? there : failed
      kept.push(item)
      return false
    })
  })
  return { there, failed }
}

function insertOf(name: string, item: Item) {
  const attributes = Object.entries(item).filter(([, value]) => value !== undefined)
  const names = attributes.map(([attribute]) => `'${attribute.replaceAll("'", "''")}':?`)
  return {
    Statement: `INSERT INTO "${name}" VALUE {${names.join(',')}}`,
    Parameters: attributes.map(([, value]) => value),
  }
}

/**
 * Calls `request` with chunks, a few at a time, and again with the elements it returns as not processed, after a
 * back-off. Rejects with `table_unavailable` after about half a minute.
 */
export async function inChunks<T>(
  name: string,
  all: readonly T[],
  size: number,
  request: (chunk: readonly T[]) => Promise<readonly T[]>,
): Promise<void> {
  const chunks: (readonly T[])[] = []
  for (let from = 0; from < all.length; from += size) chunks.push(all.slice(from, from + size))
  await forEachBounded(chunks, REQUESTS_AT_ONCE, (chunk) => untilProcessed(name, chunk, request))
}

async function untilProcessed<T>(
  name: string,
  chunk: readonly T[],
  request: (chunk: readonly T[]) => Promise<readonly T[]>,
): Promise<void> {
  let left = await request(chunk)
  for (let tries = 1; left.length > 0; tries += 1) {
    if (tries === MOST_TRIES) {
      const message = `table ${name} rejected the rest of the batch: ${left.length} items were not processed`
      throw new StreamError('table_unavailable', message)
    }
    await sleep(backOffMs(tries, BACK_OFF, Math.random))
    left = await request(left)
  }
}
