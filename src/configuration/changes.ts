import Type from 'typebox'
import { expiresAfter, keptDays } from '../platform/dynamodb/expiry.ts'
import type { Item, Tables } from '../platform/dynamodb/tables.ts'
import { readableItems } from '../platform/dynamodb/unreadable-rows.ts'
import { readStored } from './stored-documents.ts'
import { checkedForm } from './stored-form.ts'
import { CONFIGURATION_CHANGES } from './tables.ts'

/** `cut-date` is of a read, the others are kinds of documents. */
export const changeKinds = ['system', 'connection', 'product-metadata', 'recipient', 'cut-date'] as const
export type ChangeKind = (typeof changeKinds)[number]

/** Something that was changed: an event, kept for three years. Documents hold references, never secrets. */
export interface ConfigurationChange {
  /** ISO 8601. */
  readonly at: string
  /** Who: the user of the command line, or what the caller of the API said. */
  readonly by: string
  readonly kind: ChangeKind
  /** Of the system, connection or read; product metadata have their connection's. */
  readonly id: string
  /** Of the document, after the change. */
  readonly revision: number
  readonly reason: string | null
  /** Null: there was none. */
  readonly before: unknown
  /** Null: it was removed. */
  readonly after: unknown
  /** True: before and after are too large to be kept together; only the fact is. */
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
/** A row of the table holds 400 KB. */
const MOST_BYTES = 350_000
const CHUNK = 200
const CHUNKS = 10

/** Where it is in the book: by time; the same change has the same place, so that noting it twice is noting it once. */
function placeOf({ at, kind, id, revision }: ConfigurationChange): string {
  return `${at}#${kind}#${id}#${String(revision).padStart(9, '0')}`
}

/** Two documents fit into one row together. */
export function fitTogether(before: unknown, after: unknown): boolean {
  return Buffer.byteLength(JSON.stringify([before ?? null, after ?? null])) <= MOST_BYTES
}

/** Keeps a change; repeatable. */
export async function noteChange(tables: Tables, change: Omit<ConfigurationChange, 'shortened'>): Promise<void> {
  const whole = fitTogether(change.before, change.after)
  const row: ConfigurationChange = whole
    ? { ...change, shortened: false }
    : { ...change, before: null, after: null, shortened: true }
  const expires = expiresAfter(Date.parse(row.at), keptDays.configurationChanges)
  await tables.put(CONFIGURATION_CHANGES, { book: BOOK, place: placeOf(row), ...row, expires })
}

/** The newest first, after the place `after`; with a rare filter a call may answer few or none and yet a `next`. */
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
