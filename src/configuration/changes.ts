import Type from 'typebox'
import { expiresAfter, keptDays } from '../platform/dynamodb/expiry.ts'
import type { Item, Tables } from '../platform/dynamodb/tables.ts'
import { readableItems } from '../platform/dynamodb/unreadable-rows.ts'
import { readStored } from './stored-documents.ts'
import { checkedForm } from './stored-form.ts'
import { CONFIGURATION_CHANGES } from './tables.ts'

/** `cut-date` belongs to a read, the others are kinds of documents. */
export const changeKinds = [
  'system',
  'connection',
  'product-metadata',
  'recipient',
  'subscription',
  'cut-date',
] as const
export type ChangeKind = (typeof changeKinds)[number]

/** A change, kept for three years. Documents contain references, never secrets. */
export interface ConfigurationChange {
  /** ISO 8601. */
  readonly at: string
  /** Author: the user of the command line, or the name given by the caller of the API. */
  readonly by: string
  readonly kind: ChangeKind
  /** Id of the system, connection or read; product metadata have their connection's. */
  readonly id: string
  /** Revision of the document after the change. */
  readonly revision: number
  readonly reason: string | null
  /** Null: the document did not exist. */
  readonly before: unknown
  /** Null: the document was removed. */
  readonly after: unknown
  /** True: `before` and `after` are null because they are too large for a row together. */
  readonly shortened: boolean
}

/** Null: any. Times are ISO 8601, `to` exclusive. */
export interface ChangeFilter {
  readonly kind: ChangeKind | null
  readonly id: string | null
  readonly by: string | null
  readonly from: string | null
  readonly to: string | null
}

const BOOK = 'all'
/** Most bytes of both documents; a row of the table holds 400 kB. */
const MOST_BYTES = 350_000
const CHUNK = 200
const CHUNKS = 10

/** Place of a change in the book: by time. The same change has the same place, so noting it again changes nothing. */
function placeOf({ at, kind, id, revision }: ConfigurationChange): string {
  return `${at}#${kind}#${id}#${String(revision).padStart(9, '0')}`
}

/** Whether two documents fit into one row together. */
export function fitTogether(before: unknown, after: unknown): boolean {
  return Buffer.byteLength(JSON.stringify([before ?? null, after ?? null])) <= MOST_BYTES
}

/** Stores a change; repeatable. */
export async function noteChange(tables: Tables, change: Omit<ConfigurationChange, 'shortened'>): Promise<void> {
  const whole = fitTogether(change.before, change.after)
  const row: ConfigurationChange = whole
    ? { ...change, shortened: false }
    : { ...change, before: null, after: null, shortened: true }
  const expires = expiresAfter(Date.parse(row.at), keptDays.configurationChanges)
  await tables.put(CONFIGURATION_CHANGES, { book: BOOK, place: placeOf(row), ...row, expires })
}

/** Newest first, after the place `after`; when few changes match, a call may return few or none and still a `next`. */
export async function listChanges(
  tables: Tables,
  filter: ChangeFilter,
  limit: number,
  after: string | null,
): Promise<{ readonly changes: readonly ConfigurationChange[]; readonly next: string | null }> {
  const changes: ConfigurationChange[] = []
  const lower = filter.from === null ? {} : { from: filter.from }
  let before = [after, filter.to].filter((bound) => bound !== null).toSorted()[0]
  for (let chunk = 0; chunk < CHUNKS; chunk += 1) {
    const upper = before === undefined ? {} : { before }
    const range = { partition: BOOK, descending: true, limit: CHUNK, ...lower, ...upper }
    const items = await tables.query(CONFIGURATION_CHANGES, range)
    for (const item of items) {
      const [change] = readableItems([item], toChange)
      if (change !== undefined && matches(change, filter)) changes.push(change)
      if (changes.length === limit) return { changes, next: String(item['place']) }
    }
    const last = items.at(-1)
    if (last === undefined) return { changes, next: null }
    before = String(last['place'])
  }
  return { changes, next: before ?? null }
}

function matches(change: ConfigurationChange, filter: ChangeFilter): boolean {
  return (['kind', 'id', 'by'] as const).every((name) => filter[name] === null || filter[name] === change[name])
}

const text = Type.String()
const storedChange = Type.Object({
  at: text,
  by: text,
  kind: Type.Enum([...changeKinds]),
  id: text,
  revision: Type.Integer(),
  reason: Type.Union([text, Type.Null()]),
  before: Type.Unknown(),
  after: Type.Unknown(),
  shortened: Type.Boolean(),
})

/** Throws `row_unreadable`. */
export function toChange(item: Item): ConfigurationChange {
  const { book: _book, place: _place, expires: _expires, ...stored } = item
  return readStored(CONFIGURATION_CHANGES, ['place'], item, () =>
    checkedForm(storedChange, stored, 'a change of the configuration'),
  )
}
