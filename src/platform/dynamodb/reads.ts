import { GetCommand, QueryCommand, type QueryCommandInput, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { guarded, plain, type TableAccess } from './access.ts'
import { getMany } from './batches.ts'
import { createNames } from './expressions.ts'
import { compileRange, type KeyRange } from './key-range.ts'
import { isPossibleKey, isPossibleRange } from './possible-keys.ts'
import type { Item, Key, RangeQuery, Tables } from './tables.ts'

type Reads = Pick<Tables, 'get' | 'getMany' | 'query' | 'count' | 'scan'>

export function createReads(access: TableAccess): Reads {
  const { client, keys: tableKeys, prefix } = access
  return {
    get: (table, key) =>
      guarded(`${prefix}${table}`, async () => {
        if (!isPossibleKey(await tableKeys.of(table), key)) return undefined
        const input = { TableName: `${prefix}${table}`, Key: { ...key }, ConsistentRead: true }
        const { Item: item } = await client.send(new GetCommand(input))
        return item === undefined ? undefined : plain(item)
      }),
    getMany: (table, keys) =>
      guarded(`${prefix}${table}`, async () => {
        const definition = await tableKeys.of(table)
        const possible = different(keys).filter((key) => isPossibleKey(definition, key))
        return (await getMany(client, `${prefix}${table}`, possible)).map(plain)
      }),
    query: (table, range) => guarded(`${prefix}${table}`, () => query(access, table, range)),
    count: (table, range) => guarded(`${prefix}${table}`, () => count(access, table, range)),
    scan: (table) => scan(access, `${prefix}${table}`),
  }
}

/** DynamoDB rejects a request that names a key twice. */
function different(keys: readonly Key[]): readonly Key[] {
  const named = (key: Key) => JSON.stringify(Object.entries(key).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  return [...new Map(keys.map((key) => [named(key), key])).values()]
}

interface Prepared extends KeyRange {
  readonly input: QueryCommandInput
  readonly sortKey: string | undefined
}

async function prepare({ keys, prefix }: TableAccess, table: string, range: RangeQuery): Promise<Prepared> {
  const definition = await keys.of(table)
  const index = definition.localIndexes?.find(({ name }) => name === range.index)
  if (range.index !== undefined && index === undefined) throw new TypeError(`there is no index ${range.index}`)
  const sortKey = index?.sortKey ?? definition.sortKey
  const names = createNames()
  const compiled = compileRange(range, { partition: definition.partitionKey, sort: sortKey }, names)
  const projection = range.attributes?.map((name) => names.path(name)).join(', ')
  const input = {
    TableName: `${prefix}${table}`,
    ...(range.index === undefined ? {} : { IndexName: range.index }),
    KeyConditionExpression: compiled.condition ?? '',
    ...(projection === undefined ? {} : { ProjectionExpression: projection }),
    ...names.placeholders(),
    ConsistentRead: true,
    ScanIndexForward: range.descending !== true,
  }
  return { ...compiled, input, sortKey }
}

async function query(access: TableAccess, table: string, range: RangeQuery): Promise<Item[]> {
  if (!isPossibleRange(range)) return []
  const { condition, keeps, input, sortKey } = await prepare(access, table, range)
  if (condition === undefined) return []
  const limit = range.limit ?? Number.POSITIVE_INFINITY
  const items: Item[] = []
  let start: Record<string, unknown> | undefined
  while (items.length < limit) {
    const answer = await access.client.send(
      new QueryCommand({
        ...input,
        // `keeps` drops items, so reads one more; that is enough except for ties on an index.
        ...(range.limit === undefined ? {} : { Limit: limit - items.length + (keeps === undefined ? 0 : 1) }),
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      }),
    )
    const page = (answer.Items ?? []).map(plain)
    items.push(...(keeps === undefined ? page : page.filter((item) => keeps(String(item[sortKey ?? ''])))))
    start = answer.LastEvaluatedKey
    if (start === undefined) break
  }
  return items.slice(0, range.limit)
}

async function count(access: TableAccess, table: string, range: Omit<RangeQuery, 'limit'>): Promise<number> {
  if (!isPossibleRange(range)) return 0
  const { condition, keeps, input } = await prepare(access, table, range)
  if (condition === undefined) return 0
  if (keeps !== undefined) return (await query(access, table, range)).length
  let total = 0
  let start: Record<string, unknown> | undefined
  do {
    const answer = await access.client.send(
      new QueryCommand({ ...input, Select: 'COUNT', ...(start === undefined ? {} : { ExclusiveStartKey: start }) }),
    )
    total += answer.Count ?? 0
    start = answer.LastEvaluatedKey
  } while (start !== undefined)
  return total
}

async function* scan({ client }: TableAccess, name: string): AsyncGenerator<readonly Item[]> {
  let start: Record<string, unknown> | undefined
  do {
    const answer = await guarded(name, () =>
      client.send(
        new ScanCommand({
          TableName: name,
          ConsistentRead: true,
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        }),
      ),
    )
    yield (answer.Items ?? []).map(plain)
    start = answer.LastEvaluatedKey
  } while (start !== undefined)
}
