import { StreamError } from '../../src/errors.ts'
import { conditionOf } from '../../src/platform/dynamodb/own-writes.ts'
import { checkKey, isPossibleKey, isPossibleRange } from '../../src/platform/dynamodb/possible-keys.ts'
import type {
  Change,
  Condition,
  Item,
  RangeQuery,
  TableDefinition,
  Tables,
} from '../../src/platform/dynamodb/tables.ts'
import { holds, isMap, valueAt } from './conditions.ts'

interface Table {
  readonly definition: TableDefinition
  readonly items: Map<string, Item>
}

/**
 * The port to tables in memory: each call is atomic and takes a turn of its own, as a call over a network does. No
 * request is sent again here, so a write with `mine` is like any other; `resent-writes.ts` sends them again.
 */
export function memoryTables(definitions: readonly TableDefinition[]): Tables {
  const tables = new Map(definitions.map((definition) => [definition.name, { definition, items: new Map() } as Table]))
  const turn = async (name: string): Promise<Table> => {
    await null
    const table = tables.get(name)
    if (table === undefined) throw new StreamError('table_unavailable', `table ${name} does not exist`)
    return table
  }
  const query = async (name: string, range: RangeQuery): Promise<readonly Item[]> => {
    const table = await turn(name)
    return isPossibleRange(range) ? find(table, range) : []
  }
  return {
    async get(name, key) {
      const table = await turn(name)
      if (!isPossibleKey(table.definition, key)) return undefined
      const item = table.items.get(idOf(table, key))
      return item === undefined ? undefined : copy(item)
    },
    async getMany(name, keys) {
      const table = await turn(name)
      const ids = new Set(keys.filter((key) => isPossibleKey(table.definition, key)).map((key) => idOf(table, key)))
      return [...ids]
        .map((id) => table.items.get(id))
        .filter((item) => item !== undefined)
        .map(copy)
    },
    async put(name, item, condition) {
      return write(await turn(name), item, conditionOf(condition))
    },
    async putMany(name, items) {
      const table = await turn(name)
      for (const item of items) write(table, item)
    },
    async insertMany(name, items) {
      const table = await turn(name)
      const absent = { absent: table.definition.partitionKey }
      return items.filter((item) => !write(table, item, absent))
    },
    async update(name, key, change, when) {
      const condition = conditionOf(when)
      const table = await turn(name)
      checkKey(name, table.definition, key)
      const before = table.items.get(idOf(table, key))
      assertExact(table, [change, condition])
      if (condition !== undefined && !holds(before, condition)) return null
      const after = changed(table, before ?? { ...key }, change)
      assertFits(table, after)
      table.items.set(idOf(table, key), after)
      return copy(after)
    },
    async delete(name, key, when) {
      const condition = conditionOf(when)
      const table = await turn(name)
      if (!isPossibleKey(table.definition, key)) return condition === undefined || holds(undefined, condition)
      if (condition !== undefined && !holds(table.items.get(idOf(table, key)), condition)) return false
      table.items.delete(idOf(table, key))
      return true
    },
    query,
    async count(name, range) {
      return (await query(name, range)).length
    },
    async *scan(name) {
      const table = await turn(name)
      yield [...table.items.values()].map(copy)
    },
  }
}

function write(table: Table, item: Item, condition?: Condition): boolean {
  checkKey(table.definition.name, table.definition, item)
  const id = idOf(table, item)
  assertExact(table, [item, condition])
  if (condition !== undefined && !holds(table.items.get(id), condition)) return false
  for (const index of table.definition.localIndexes ?? []) {
    const value = item[index.sortKey]
    if (value !== undefined && typeof value !== 'string') throw new TypeError(`${index.sortKey} must be text`)
  }
  assertFits(table, item)
  table.items.set(id, copy(item))
  return true
}

/** The SDK sends no number that it could not give back as it was. */
function assertExact(table: Table, value: unknown): void {
  if (typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER) {
    throw new StreamError('value_too_large', `${table.definition.name}: ${value} has more digits than are kept exactly`)
  }
  if (Array.isArray(value)) for (const one of value) assertExact(table, one)
  else if (isMap(value)) for (const one of Object.values(value)) assertExact(table, one)
}

/** What DynamoDB takes, which counts the bytes in its own way. */
const MAX_BYTES = 400 * 1024

function assertFits(table: Table, item: Item): void {
  const bytes = Buffer.byteLength(JSON.stringify(item))
  if (bytes <= MAX_BYTES) return
  throw new StreamError('value_too_large', `${table.definition.name}: the item has ${bytes} bytes`)
}

function idOf(table: Table, item: Item): string {
  const { partitionKey, sortKey } = table.definition
  const names = sortKey === undefined ? [partitionKey] : [partitionKey, sortKey]
  const parts = names.map((name) => {
    const value = item[name]
    if (typeof value !== 'string' || value === '') throw new TypeError(`key attribute ${name} must be text`)
    return value
  })
  return JSON.stringify(parts)
}

/** As stored: no attribute without a value, and nothing shared with the caller. */
function copy(item: Item): Item {
  return copyValue(item) as Item
}

function copyValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyValue)
  if (value instanceof Uint8Array) return Uint8Array.from(value)
  if (!isMap(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .map(([name, field]) => [name, copyValue(field)]),
  )
}

function changed(table: Table, before: Item, change: Change): Item {
  const item = copy(before) as Record<string, unknown>
  const { partitionKey, sortKey } = table.definition
  const assign = (path: string, value: unknown) => {
    if (path === partitionKey || path === sortKey) throw new TypeError(`${path} is a key and can't be changed`)
    const names = path.split('.')
    const last = names.pop() ?? path
    const parent = names.length === 0 ? item : valueAt(item, names.join('.'))
    if (!isMap(parent)) throw new TypeError(`the parent of ${path} does not exist`)
    if (value === undefined) delete parent[last]
    else parent[last] = copyValue(value)
  }
  for (const [path, value] of Object.entries(change.set ?? {})) assign(path, value)
  for (const [path, value] of Object.entries(change.setIfAbsent ?? {})) assign(path, valueAt(before, path) ?? value)
  for (const [path, by] of Object.entries(change.increment ?? {})) assign(path, Number(valueAt(before, path) ?? 0) + by)
  for (const [path, texts] of Object.entries(change.addToSet ?? {})) {
    const all = new Set([...((valueAt(before, path) as readonly string[] | undefined) ?? []), ...texts])
    // As the port gives sets back: sorted lists.
    if (all.size > 0) assign(path, [...all].toSorted())
  }
  for (const path of change.remove ?? []) assign(path, undefined)
  return item
}

/** Keys sort by their UTF-8 bytes. */
function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

function find(table: Table, range: RangeQuery): Item[] {
  const { partitionKey, sortKey, localIndexes } = table.definition
  const index = localIndexes?.find(({ name }) => name === range.index)
  if (range.index !== undefined && index === undefined) throw new TypeError(`there is no index ${range.index}`)
  const by = index?.sortKey ?? sortKey ?? partitionKey
  const within = (value: unknown): boolean =>
    typeof value === 'string' &&
    (range.after === undefined || compare(value, range.after) > 0) &&
    (range.from === undefined || compare(value, range.from) >= 0) &&
    (range.to === undefined || compare(value, range.to) <= 0) &&
    (range.before === undefined || compare(value, range.before) < 0) &&
    (range.beginsWith === undefined || value.startsWith(range.beginsWith))
  return [...table.items.values()]
    .filter((item) => item[partitionKey] === range.partition && within(item[by]))
    .toSorted((a, b) => compare(String(a[by]), String(b[by])) * (range.descending === true ? -1 : 1))
    .slice(0, range.limit)
    .map((item) => copy(range.attributes === undefined ? item : only(item, range.attributes)))
}

function only(item: Item, names: readonly string[]): Item {
  return Object.fromEntries(names.filter((name) => name in item).map((name) => [name, item[name]]))
}
