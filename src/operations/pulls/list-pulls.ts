import { rowsOf } from '../../platform/dynamodb/rows.ts'
import type { FeedRow } from '../../projections/feed-row.ts'
import { readItem } from '../../projections/read-rows.ts'
import { sharedMeta } from '../../projections/shared-meta.ts'
import type { OperationDeps, TableDeps } from '../dependencies.ts'
import { checkAnyKnown } from '../known-connection.ts'
import type { Principal } from '../principal.ts'
import { type Scoped, within } from '../scope.ts'
import { hasPulled, type PullRow, pullRows } from './pull-row.ts'

/** A reader of a connection's feed and its progress. */
export interface PullStatus {
  readonly feed: string
  readonly reader: string
  readonly name: string | null
  readonly source: string | null
  readonly at: string
  /** Seconds since `at`. */
  readonly age: number
  readonly rows: number
  readonly complete: boolean
  /** The reader does not request earlier changes; null: it requests all. */
  readonly from: string | null
  /** The reader has received all changes before this time. */
  readonly up_to: string | null
  /** Seconds since `up_to`; null: the reader has not caught up yet. */
  readonly lag: number | null
}

/** `has`: whether the reader received the current version of a row; null: there is no such row, or no key was given. */
export interface PullOfRow extends PullStatus {
  readonly has: 'yes' | 'no' | 'not_asked' | null
}

type Deps = Pick<OperationDeps, 'tables' | 'clock' | 'shards' | 'feeds'>

/** Readers of a connection's feeds. `key`: also whether they received its current rows. Throws `not_found`. */
export async function listPulls(
  deps: Deps,
  by: Principal,
  { connection, key }: { readonly connection: string; readonly key: string | null },
): Promise<Scoped<PullOfRow>> {
  const metas = await Promise.all(deps.feeds.map(async (feed) => ({ feed, meta: await sharedMeta(deps.tables, feed) })))
  const all = metas.map(({ meta }) => meta)
  await checkAnyKnown(deps, by, all, connection)
  const rows = await rowsOf(deps.tables, pullRows).query({ partition: connection })
  const asked = metas.filter(({ feed }) => key !== null && rows.some((row) => row.feed === feed.entity))
  const items = new Map(
    await Promise.all(
      asked.map(async ({ feed, meta }) => {
        const request = { ...deps, feed, meta }
        return [feed.entity as string, await readItem(request, connection, key ?? '')] as const
      }),
    ),
  )
  return within(
    by.scope,
    rows.map((row) => ({ ...statusOf(row, deps.clock.now()), has: together(row, items.get(row.feed) ?? [], deps) })),
    () => ({ connection }),
  )
}

/** Pulls of one connection, for its status. */
export async function pullsOf(
  { tables, clock }: Pick<TableDeps, 'tables' | 'clock'>,
  connection: string,
): Promise<readonly PullStatus[]> {
  const rows = await rowsOf(tables, pullRows).query({ partition: connection })
  return rows.map((row) => statusOf(row, clock.now()))
}

/** Over the rows of all sources: `no` if any of them was not received. */
function together(pull: PullRow, rows: readonly FeedRow[], { shards }: Pick<Deps, 'shards'>): PullOfRow['has'] {
  const found = new Set(rows.map((row) => hasPulled(pull, row, shards)))
  if (found.has('no')) return 'no'
  return found.has('yes') ? 'yes' : ([...found][0] ?? null)
}

function statusOf({ feed, reader, name, source, at, rows, complete, from, up_to }: PullRow, now: number): PullStatus {
  const since = (time: string) => Math.max(0, Math.round((now - Date.parse(time)) / 1000))
  const lag = up_to === null ? null : since(up_to)
  return { feed, reader, name, source, at, age: since(at), rows, complete, from, up_to, lag }
}
