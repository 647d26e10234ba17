import { rowsOf, rowType, text } from '../platform/dynamodb/rows.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import {
  type DeadLetterRow,
  type DeadLetterSummary,
  deadLetterRows,
  fieldOfAll,
  type LetterState,
  regrouped,
  shelvedRows,
  summaryRows,
} from './dead-letter-row.ts'
import { type Shelf, shelfOf, shelves } from './dead-letter-table.ts'
import { type EntityRow, entityKey } from './entity-row.ts'
import { SYNC_ENTITIES } from './tables.ts'

/** A selection of dead letters. Null: any. Times are milliseconds of the first failure, `to` exclusive. */
export interface LetterChoice {
  readonly state: LetterState | null
  readonly stage: string | null
  readonly connection: string | null
  readonly code: string | null
  readonly key: string | null
  readonly group: string | null
  /** Task that read it; any if absent. */
  readonly task?: string | null
  readonly from: number | null
  readonly to: number | null
  /** Only these, read by their ids; all of them fit into one page. */
  readonly ids?: readonly string[]
}

export interface LetterFilter extends LetterChoice {
  /** Connections whose dead letters the caller may see; those without a single connection are visible only to `all`. */
  readonly seen: 'all' | ReadonlySet<string>
}

export interface LetterPage {
  readonly rows: readonly DeadLetterSummary[]
  /** Null at the end; with a filter that matches few rows, a call may return few or none and still have a `next`. */
  readonly next: string | null
}

/** A member of a group, with its own values in the message. */
export type LetterExample = Pick<DeadLetterSummary, 'id' | 'key' | 'message'>

/**
 * Dead letters of one stage, connection, code and field. Their messages differ by values: `message` is that of the
 * newest, `examples` has some that differ.
 */
export interface LetterGroup
  extends Pick<
    DeadLetterSummary,
    'group' | 'stage' | 'connection' | 'code' | 'field' | 'message' | 'first_at' | 'last_at'
  > {
  readonly count: number
  /** One of them. */
  readonly example: string
  readonly examples: readonly LetterExample[]
}

/** Rows read at once, and rows that one call examines at most. */
const CHUNK = 500
const LOOK_AT = 5_000
const GROUP_AT_MOST = 100_000
const MOST_EXAMPLES = 3

/** Newest first, by their first failure, after the place `after`. */
export async function listDeadLetters(
  tables: Tables,
  filter: LetterFilter,
  limit: number,
  after: string | null,
): Promise<LetterPage> {
  if (filter.ids !== undefined) return { rows: (await byIds(tables, filter, filter.ids)).slice(0, limit), next: null }
  const rows: DeadLetterSummary[] = []
  let looked = 0
  for await (const { place, row } of newestFirst(tables, filter, after)) {
    looked += 1
    if (matches(row, filter)) rows.push(row)
    if (rows.length === limit || looked === LOOK_AT) return { rows, next: place }
  }
  return { rows, next: null }
}

async function byIds(tables: Tables, filter: LetterFilter, ids: readonly string[]) {
  const found = await rowsOf(tables, summaryRows).listMany([...new Set(ids)].map((id) => ({ id })))
  const rows = found.map(regrouped).filter((row) => matches(row, filter))
  return rows.toSorted((a, b) => compare(b.first_at, a.first_at) || compare(b.id, a.id))
}

/** Largest groups first. `complete` is false if there were too many dead letters to examine all. */
export async function groupDeadLetters(
  tables: Tables,
  filter: LetterFilter,
): Promise<{ readonly groups: readonly LetterGroup[]; readonly complete: boolean }> {
  const groups = new Map<string, LetterGroup>()
  let looked = 0
  for await (const { row } of newestFirst(tables, filter, null)) {
    if (looked === GROUP_AT_MOST) return { groups: largestFirst(groups), complete: false }
    looked += 1
    if (!matches(row, filter)) continue
    groups.set(row.group, addedTo(groups.get(row.group), row))
  }
  return { groups: largestFirst(groups), complete: true }
}

/** Rows come newest first. */
function addedTo(known: LetterGroup | undefined, row: DeadLetterSummary): LetterGroup {
  const { id, key, group, stage, connection, code, field, message, first_at, last_at } = row
  if (known === undefined) {
    const of = { group, stage, connection, code, field: fieldOfAll(field), message }
    return { ...of, count: 1, first_at, last_at, example: id, examples: [{ id, key, message }] }
  }
  const [first = first_at] = [first_at, known.first_at].toSorted()
  const last = [last_at, known.last_at].toSorted().at(-1) ?? last_at
  const isNew = known.examples.length < MOST_EXAMPLES && known.examples.every((one) => one.message !== message)
  return {
    ...known,
    count: known.count + 1,
    first_at: first,
    last_at: last,
    examples: isNew ? [...known.examples, { id, key, message }] : known.examples,
  }
}

export async function getDeadLetter(tables: Tables, id: string): Promise<DeadLetterRow | undefined> {
  const row = await rowsOf(tables, deadLetterRows).get({ id })
  return row === undefined ? undefined : regrouped(row)
}

const outcomeRows = rowType<Pick<EntityRow, 'task' | 'entity' | 'status'>>(SYNC_ENTITIES, ['task', 'entity'], {
  task: text,
  entity: text,
  status: text,
})

/**
 * Outcome of the dead letters' entities in the task that read them: status by dead letter id. A retry of an older
 * version ends `superseded` here (Guarantee 4). Dead letters without a task, or of all connections, have none.
 */
export async function outcomesOf(
  tables: Tables,
  letters: readonly Pick<DeadLetterSummary, 'id' | 'task' | 'connection' | 'key'>[],
): Promise<ReadonlyMap<string, string>> {
  const known = letters.flatMap(({ id, task, connection, key }) =>
    task === null || connection === null ? [] : [{ id, task, entity: entityKey(connection, key) }],
  )
  const keys = new Map(known.map(({ task, entity }) => [JSON.stringify([task, entity]), { task, entity }]))
  const rows = await rowsOf(tables, outcomeRows).listMany([...keys.values()])
  const statuses = new Map(rows.map(({ task, entity, status }) => [JSON.stringify([task, entity]), status]))
  return new Map(
    known.flatMap(({ id, task, entity }) => {
      const status = statuses.get(JSON.stringify([task, entity]))
      return status === undefined ? [] : [[id, status] as const]
    }),
  )
}

interface Placed {
  readonly place: string
  readonly row: DeadLetterSummary
}

/** Both shelves in one order. A row that is being moved may be on both: its newer state counts. */
async function* newestFirst(tables: Tables, filter: LetterFilter, after: string | null): AsyncIterable<Placed> {
  const chosen = filter.state === null ? shelves : [shelfOf(filter.state)]
  const streams = chosen.map((shelf) => onShelf(tables, shelf, filter, after))
  const heads = await Promise.all(streams.map((stream) => stream.next()))
  for (;;) {
    const left = heads.flatMap((head) => (head.done === true ? [] : [head.value]))
    const [first] = left.toSorted((a, b) => compare(b.place, a.place) || b.row.revision - a.row.revision)
    if (first === undefined) return
    yield first
    for (const [index, head] of heads.entries()) {
      if (head.done !== true && head.value.place === first.place) heads[index] = await nextOf(streams[index])
    }
  }
}

async function nextOf(
  stream: AsyncGenerator<Placed, undefined> | undefined,
): Promise<IteratorResult<Placed, undefined>> {
  return (await stream?.next()) ?? { done: true, value: undefined }
}

async function* onShelf(
  tables: Tables,
  shelf: Shelf,
  { from, to }: LetterFilter,
  after: string | null,
): AsyncGenerator<Placed, undefined> {
  const lower = from === null ? {} : { from: new Date(from).toISOString() }
  let before = [after, to === null ? null : new Date(to).toISOString()].filter((bound) => bound !== null).toSorted()[0]
  for (;;) {
    const upper = before === undefined ? {} : { before }
    const range = { partition: shelf, descending: true, limit: CHUNK, ...lower, ...upper }
    const shelved = await rowsOf(tables, shelvedRows).query(range)
    for (const { shelf: _shelf, place, ...row } of shelved) yield { place, row: regrouped(row) }
    const last = shelved.at(-1)
    if (last === undefined) return
    before = last.place
  }
}

function matches(row: DeadLetterSummary, filter: LetterFilter): boolean {
  const { seen } = filter
  if (seen !== 'all' && (row.connection === null || !seen.has(row.connection))) return false
  const names = ['state', 'stage', 'connection', 'code', 'key', 'group', 'task'] as const
  return names.every((name) => (filter[name] ?? null) === null || filter[name] === row[name])
}

function largestFirst(groups: ReadonlyMap<string, LetterGroup>): readonly LetterGroup[] {
  return [...groups.values()].toSorted((a, b) => b.count - a.count || compare(b.last_at, a.last_at))
}

/** By code unit: places and times are ASCII. */
function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
