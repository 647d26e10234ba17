/**
 * The port to the tables: the program's use of DynamoDB, in a form that another store could implement too.
 * All reads are strongly consistent. Keys are text: reads find no item for an empty key or one of more than 2,048 bytes
 * (sort keys: 1,024), and writes reject too long ones with `value_too_large`. Every call rejects with
 * `table_unavailable` when the table does not answer after the client's own retries.
 */
export type Item = Readonly<Record<string, unknown>>

/** Key attributes and their values. */
export type Key = Readonly<Record<string, string>>

/** Condition of a write. Attributes are top-level names, or dotted paths into maps; `A`: attributes of typed rows. */
export type Condition<A extends string = string> =
  | { readonly absent: A }
  | { readonly present: A }
  | {
      readonly attribute: A
      readonly is: '<' | '<=' | '=' | '<>' | '>=' | '>'
      readonly value: string | number | boolean
    }
  | { readonly anyOf: readonly Condition<A>[] }
  | { readonly allOf: readonly Condition<A>[] }

/** Changes of an item, which is created when missing. Paths as in Condition; parents of a dotted path must exist. */
export interface Change {
  readonly set?: Readonly<Record<string, unknown>>
  /** Set only where the attribute does not exist yet. */
  readonly setIfAbsent?: Readonly<Record<string, unknown>>
  readonly increment?: Readonly<Record<string, number>>
  /** Adds to a set of texts. */
  readonly addToSet?: Readonly<Record<string, readonly string[]>>
  readonly remove?: readonly string[]
}

export interface RangeQuery {
  readonly partition: string
  /** Local secondary index; the table's own sort key when absent. */
  readonly index?: string
  /** Bounds on the sort key (of the index). */
  readonly after?: string
  readonly from?: string
  readonly to?: string
  readonly before?: string
  readonly beginsWith?: string
  readonly descending?: boolean
  readonly limit?: number
  /** Top-level attributes to return, including the sort key; all by default. */
  readonly attributes?: readonly string[]
}

export interface Tables {
  get(table: string, key: Key): Promise<Item | undefined>
  /** Any number of keys; missing items are left out, and the order may change. */
  getMany(table: string, keys: readonly Key[]): Promise<readonly Item[]>
  /** False: the condition did not hold, and nothing was written. */
  put(table: string, item: Item, condition?: Condition): Promise<boolean>
  /** Any number of items, without conditions, in any order. */
  putMany(table: string, items: readonly Item[]): Promise<void>
  /**
   * Writes any number of items with different keys, in any order, except where an item with the key exists. Returns the
   * items that were not written. Costs as many units as a put of each, and a fraction of the requests.
   */
  insertMany(table: string, items: readonly Item[]): Promise<readonly Item[]>
  /** The item after the change; null: the condition did not hold, and nothing was written. */
  update(table: string, key: Key, change: Change, condition?: Condition): Promise<Item | null>
  delete(table: string, key: Key, condition?: Condition): Promise<boolean>
  /** Up to `limit` items in order of the sort key, across as many pages as it takes. */
  query(table: string, query: RangeQuery): Promise<readonly Item[]>
  count(table: string, query: Omit<RangeQuery, 'limit' | 'attributes'>): Promise<number>
  scan(table: string): AsyncIterable<readonly Item[]>
}

/** Definition of a table; all key attributes are text. Names are without prefix. */
export interface TableDefinition {
  readonly name: string
  readonly partitionKey: string
  readonly sortKey?: string
  readonly localIndexes?: readonly { readonly name: string; readonly sortKey: string }[]
  /** Attribute with the time, in seconds since 1970, after which an item may be removed; items without it stay. */
  readonly expires?: string
}
