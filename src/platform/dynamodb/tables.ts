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

/**
 * A condition whose write recognizes itself. The client sends a request again when its answer is lost. The condition of
 * a write that was carried out the first time then no longer holds, because the row is as this write left it. Without
 * `mine` such a write counts as refused; with it, as written:
 *
 * - A put or an update leaves a random mark in the row, as the attribute `write_mark`, and only this call has it. So of
 *   two callers that write equal values, one is refused as always: leases, claims and slots may use it. An update also
 *   compares what it set: if that was changed since, it counts as refused.
 * - A delete leaves no mark: after a repeated request, a row that is gone counts as deleted by this call. Use it only
 *   where it does not matter who deletes the row.
 *
 * Use it where a refusal is reported or acted on. Leave it out where the caller reads the row again anyway, and for rows
 * that are written often: it costs the attribute, and after the refusal of a repeated request one read.
 */
interface Mine<A extends string = string> {
  readonly mine: Condition<A>
}

export type WriteCondition<A extends string = string> = Condition<A> | Mine<A>

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
  put(table: string, item: Item, condition?: WriteCondition): Promise<boolean>
  /** Any number of items, without conditions, in any order. */
  putMany(table: string, items: readonly Item[]): Promise<void>
  /**
   * Writes any number of items with different keys, in any order, except where an item with the key exists. Returns the
   * items that were not written. Costs as many units as a put of each, and a fraction of the requests.
   */
  insertMany(table: string, items: readonly Item[]): Promise<readonly Item[]>
  /** The item after the change; null: the condition did not hold, and nothing was written. */
  update(table: string, key: Key, change: Change, condition?: WriteCondition): Promise<Item | null>
  delete(table: string, key: Key, condition?: WriteCondition): Promise<boolean>
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
