import type { StreamError } from '../../errors.ts'
import { isPossibleTime } from '../../events/times.ts'
import type { Change, Item, Key, RangeQuery, Tables, WriteCondition } from './tables.ts'
import { readableItems, unreadableRowError } from './unreadable-rows.ts'

/** How the value of one attribute is read. */
export interface Attribute<T> {
  /** The expected value, in words. */
  readonly expected: string
  is(value: unknown): boolean
  /** Value for rows written before the attribute existed; without it, the attribute is required. */
  readonly missing?: { readonly value: T }
  /** Fills in missing parts of the value; present only when parts may be missing. */
  readonly filled?: (value: unknown) => unknown
}

/** How each attribute of a row is read; leaving one out does not compile. */
export type Attributes<R> = { readonly [A in keyof R]-?: Attribute<R[A]> }

/** Names of the attributes of a row. */
export type AttributeOf<R> = keyof R & string

export const text: Attribute<string> = { expected: 'text', is: (value) => typeof value === 'string' }
export const number: Attribute<number> = { expected: 'a number', is: (value) => typeof value === 'number' }
export const flag: Attribute<boolean> = { expected: 'true or false', is: (value) => typeof value === 'boolean' }

/** Milliseconds UTC, within the range of dates. */
export const millis: Attribute<number> = {
  expected: 'a time in milliseconds',
  is: (value) => typeof value === 'number' && isPossibleTime(value),
}

/** Text of a given form. */
export function textLike(form: RegExp, expected: string): Attribute<string> {
  return { expected, is: (value) => typeof value === 'string' && form.test(value) }
}

/** One of some texts. */
export function oneOf<const T extends string>(...texts: readonly T[]): Attribute<T> {
  return { expected: `one of ${texts.join(', ')}`, is: (value) => texts.some((one) => one === value) }
}

export function nullable<T>({ expected, is, filled }: Attribute<T>): Attribute<T | null> {
  const whole = within(filled, (value, fill) => (value === null ? null : fill(value)))
  return { expected: `${expected} or null`, is: (value) => value === null || is(value), ...whole }
}

export function list<T>({ expected, is, filled }: Attribute<T>): Attribute<readonly T[]> {
  const whole = within(filled, (value, fill) => (value as readonly unknown[]).map(fill))
  return { expected: `a list, each ${expected}`, is: (value) => Array.isArray(value) && value.every(is), ...whole }
}

/** Values by names that are not known beforehand. */
export function byName<T>({ expected, is, filled }: Attribute<T>): Attribute<Readonly<Record<string, T>>> {
  const whole = within(filled, (value, fill) =>
    Object.fromEntries(Object.entries(value as Item).map(([name, one]) => [name, fill(one)])),
  )
  return {
    expected: `a map, each ${expected}`,
    is: (value) => isMap(value) && Object.values(value).every(is),
    ...whole,
  }
}

/** A map with known attributes. */
export function map<T>(attributes: { readonly [A in keyof T]-?: Attribute<T[A]> }): Attribute<T> {
  const known = Object.entries<Attribute<unknown>>(attributes)
  const names = known.map(([name]) => name).join(', ')
  const has = (value: unknown, { is, missing }: Attribute<unknown>) =>
    value === undefined ? missing !== undefined : is(value)
  const mayLack = known.some(([, { missing, filled }]) => missing !== undefined || filled !== undefined)
  const filled = (value: unknown) =>
    Object.fromEntries(known.map(([name, attribute]) => [name, read(attribute, (value as Item)[name])]))
  return {
    expected: `a map of ${names}`,
    is: (value) => isMap(value) && known.every(([name, attribute]) => has(value[name], attribute)),
    ...(mayLack ? { filled } : {}),
  }
}

/** Reads a value that was checked: it is valid, or missing and optional. */
function read({ missing, filled }: Attribute<unknown>, value: unknown): unknown {
  if (value === undefined) return missing?.value
  return filled === undefined ? value : filled(value)
}

function within(
  filled: Attribute<unknown>['filled'],
  each: (value: unknown, fill: (value: unknown) => unknown) => unknown,
): Pick<Attribute<unknown>, 'filled'> {
  return filled === undefined ? {} : { filled: (value) => each(value, filled) }
}

/** A map that only its writer interprets. */
export function opaque<T extends object>(): Attribute<T> {
  return { expected: 'a map', is: isMap }
}

/** Sets the value for rows written before the attribute existed, or with the attribute removed. */
export function or<T>(attribute: Attribute<T>, missing: T): Attribute<T> {
  return { ...attribute, missing: { value: missing } }
}

/** Null, also when the attribute is missing. */
export function orNull<T>(attribute: Attribute<T>): Attribute<T | null> {
  return or(nullable(attribute), null)
}

/** How the rows of a table are read. */
export interface RowType<R> {
  readonly table: string
  /** Names of the attributes, for queries that read only these. */
  readonly names: readonly AttributeOf<R>[]
  /** Leaves out undeclared attributes. Throws `row_unreadable`, naming table, row and attribute. */
  decode(item: Item): R
  /**
   * Expiry of a row with these values, in seconds since 1970; null: it does not expire; undefined: the values do not
   * decide it. Stored in the attribute `expires`, which is not read.
   */
  expires?(set: Partial<R>): number | null | undefined
}

/** Declares how the rows of a table are read; `key`: its key attributes, which an error names. */
export function rowType<R extends object>(
  table: string,
  key: readonly AttributeOf<R>[],
  attributes: Attributes<R>,
  expires?: NonNullable<RowType<R>['expires']>,
): RowType<R> {
  const known = Object.entries<Attribute<unknown>>(attributes)
  return {
    table,
    ...(expires === undefined ? {} : { expires }),
    names: Object.keys(attributes) as AttributeOf<R>[],
    decode(item) {
      const row: Record<string, unknown> = {}
      for (const [name, attribute] of known) {
        const value = item[name]
        const isThere = value === undefined ? attribute.missing !== undefined : attribute.is(value)
        if (!isThere) throw unreadableAttributeError(table, key, item, name, attribute)
        row[name] = read(attribute, value)
      }
      // Each attribute is declared and was read.
      return row as R
    },
  }
}

function unreadableAttributeError(
  table: string,
  key: readonly string[],
  item: Item,
  name: string,
  { expected }: Attribute<unknown>,
): StreamError {
  const what = item[name] === undefined ? `lacks ${name}, which must be` : `has a value in ${name} that is not`
  return unreadableRowError(table, key, item, `${what} ${expected}`, name)
}

/**
 * A table with typed rows: a misspelt attribute does not compile. Calls work like those of `Tables`. Calls for rows by
 * key throw `row_unreadable`; lists leave unreadable rows out and announce them (`unreadable-rows.ts`).
 */
export interface Rows<R> {
  get(key: KeyOf<R>): Promise<R | undefined>
  getMany(keys: readonly KeyOf<R>[]): Promise<readonly R[]>
  /** Like `getMany`, but leaves unreadable rows out. */
  listMany(keys: readonly KeyOf<R>[]): Promise<readonly R[]>
  put(row: R, condition?: WriteCondition<AttributeOf<R>>): Promise<boolean>
  /** Like `put`, for a row without all attributes: reads fill them in as declared with `or`. */
  putPart(row: Partial<R>, condition?: WriteCondition<AttributeOf<R>>): Promise<boolean>
  putMany(rows: readonly R[]): Promise<void>
  /** Writes rows with different keys, except where the key exists. Returns those that were not written. */
  insertMany(rows: readonly R[]): Promise<readonly R[]>
  /** False: the condition did not hold and nothing was written. */
  update(key: KeyOf<R>, change: RowChange<R>, condition?: WriteCondition<AttributeOf<R>>): Promise<boolean>
  delete(key: KeyOf<R>, condition?: WriteCondition<AttributeOf<R>>): Promise<boolean>
  query(range: Omit<RangeQuery, 'attributes'>): Promise<readonly R[]>
  /** Like `query`, but throws for an unreadable row: for callers that must not miss one. */
  queryWhole(range: Omit<RangeQuery, 'attributes'>): Promise<readonly R[]>
  /** Like `query`, but reads only the declared attributes: for types with a few attributes of large rows. */
  queryParts(range: Omit<RangeQuery, 'attributes'>): Promise<readonly R[]>
  scan(): AsyncIterable<readonly R[]>
}

/** A `Change` of a row; attributes set to undefined are removed. */
export interface RowChange<R> {
  readonly set?: { readonly [A in keyof R]?: R[A] | undefined }
  readonly setIfAbsent?: { readonly [A in keyof R]?: R[A] }
  readonly increment?: { readonly [A in keyof R]?: number }
  readonly addToSet?: { readonly [A in keyof R]?: readonly string[] }
  readonly remove?: readonly AttributeOf<R>[]
}

type KeyOf<R> = { readonly [A in AttributeOf<R>]?: string }

export function rowsOf<R extends object>(tables: Tables, { table, names, decode, expires }: RowType<R>): Rows<R> {
  const itemOf = (row: Partial<R>): Item => {
    const at = expires?.(row) ?? null
    return at === null || Number.isNaN(at) ? (row as Item) : { ...row, expires: at }
  }
  return {
    async get(key) {
      const item = await tables.get(table, key as Key)
      return item === undefined ? undefined : decode(item)
    },
    getMany: async (keys) => (await tables.getMany(table, keys as readonly Key[])).map(decode),
    listMany: async (keys) => readableItems(await tables.getMany(table, keys as readonly Key[]), decode),
    put: (row, condition) => tables.put(table, itemOf(row), condition),
    putPart: (row, condition) => tables.put(table, itemOf(row), condition),
    putMany: (rows) => tables.putMany(table, rows.map(itemOf)),
    async insertMany(rows) {
      const items = new Map(rows.map((row) => [itemOf(row), row]))
      const there = await tables.insertMany(table, [...items.keys()])
      return there.flatMap((item) => items.get(item) ?? [])
    },
    update: async (key, change, condition) =>
      (await tables.update(table, key as Key, withExpiry(change, expires), condition)) !== null,
    delete: (key, condition) => tables.delete(table, key as Key, condition),
    query: (range) => queryReadable(tables, table, range, decode),
    queryWhole: async (range) => (await tables.query(table, range)).map(decode),
    queryParts: (range) => queryReadable(tables, table, { ...range, attributes: names }, decode),
    async *scan() {
      for await (const items of tables.scan(table)) yield readableItems(items, decode)
    },
  }
}

function withExpiry<R>(change: RowChange<R>, expires: RowType<R>['expires']): Change {
  const at = change.set === undefined ? undefined : expires?.(change.set as Partial<R>)
  if (at === undefined) return change as Change
  if (at !== null) return { ...(change as Change), set: { ...change.set, expires: at } }
  return { ...(change as Change), remove: [...(change.remove ?? []), 'expires'] }
}

/**
 * Up to `limit` readable rows, in order of the sort key. As with `Tables.query`, fewer rows mean the end: the page is
 * filled up in place of unreadable rows.
 */
export async function queryReadable<R>(
  tables: Pick<Tables, 'query'>,
  table: string,
  range: RangeQuery,
  decode: (item: Item) => R,
): Promise<readonly R[]> {
  const { limit } = range
  if (limit === undefined) return readableItems(await tables.query(table, range), decode)
  for (let asked = limit; ; asked *= 2) {
    const items = await tables.query(table, { ...range, limit: asked })
    const rows = readableItems(items, decode)
    if (rows.length >= limit || items.length < asked) return rows.slice(0, limit)
  }
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
