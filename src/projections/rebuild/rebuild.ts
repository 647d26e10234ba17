import { byName, list, map, number, oneOf, opaque, orNull, rowType, text } from '../../platform/dynamodb/rows.ts'
import type { TableDefinition } from '../../platform/dynamodb/tables.ts'
import { expiresOnceEnded, type Job, jobTable } from '../../platform/jobs.ts'
import type { Feed } from '../projection.ts'

export const REBUILDS = 'rebuilds'
export const rebuildTables: readonly TableDefinition[] = [jobTable(REBUILDS)]

/**
 * `ready`: it has everything, gets what comes, and waits for a decision. `switched`: readers have it; the generation before
 * gets what comes until `undo_until`, then its rows go. `dropping`: the rows of the generation go.
 */
export type RebuildState = 'due' | 'building' | 'ready' | 'switched' | 'ended' | 'dropping' | 'dropped' | 'failed'

/** A value of a field in both generations. */
interface FieldDifference {
  readonly live: unknown
  readonly rebuilt: unknown
}

/** Beside these it has the parts of the row's key, by their names: `sku`. */
export interface RowDifference {
  readonly connection: string
  readonly source: string
  readonly kind: 'only_live' | 'only_rebuilt' | 'differs'
  readonly fields: Readonly<Record<string, FieldDifference>>
  readonly [part: string]: string | Readonly<Record<string, FieldDifference>>
}

/** What readers would see change. */
export interface Difference {
  readonly rows_live: number
  readonly rows_rebuilt: number
  readonly only_live: number
  readonly only_rebuilt: number
  readonly differing: number
  /** Rows by field that differs: `data.color`, `deleted`, `position`. */
  readonly fields: Readonly<Record<string, number>>
  /** The first of them. */
  readonly samples: readonly RowDifference[]
}

/** A feed table made again from its topic, as the next generation beside the live one. Times are ISO 8601 UTC. */
export interface Rebuild extends Job {
  readonly state: RebuildState
  /** Name of the table, without prefix. */
  readonly table: string
  /** Null until it is begun. */
  readonly generation: number | null
  /** The live one when it was begun. */
  readonly live_generation: number | null
  readonly by: string | null
  readonly reason: string | null
  readonly requested_at: string
  readonly ready_at: string | null
  readonly ended_at: string | null
  /** Events that were folded. */
  readonly events: number
  readonly difference: Difference | null
  /** Milliseconds UTC: readers that are reading the old rows have done so by then. */
  readonly drop_after: number
  /** Milliseconds UTC: the generation before gets what comes until then, and the switch can be undone. Null: it can't. */
  readonly undo_until: number | null
  readonly error: { readonly code: string; readonly message: string } | null
}

export const rebuildRows = rowType<Rebuild>(
  REBUILDS,
  ['id'],
  {
    id: text,
    state: oneOf('due', 'building', 'ready', 'switched', 'ended', 'dropping', 'dropped', 'failed'),
    fence: number,
    lease_until: number,
    table: text,
    generation: orNull(number),
    live_generation: orNull(number),
    by: orNull(text),
    reason: orNull(text),
    requested_at: text,
    ready_at: orNull(text),
    ended_at: orNull(text),
    events: number,
    difference: orNull(
      map<Difference>({
        rows_live: number,
        rows_rebuilt: number,
        only_live: number,
        only_rebuilt: number,
        differing: number,
        fields: byName(number),
        samples: list(opaque<RowDifference>()),
      }),
    ),
    drop_after: number,
    undo_until: orNull(number),
    error: orNull(map({ code: text, message: text })),
  },
  expiresOnceEnded,
)

/** Requests that read rows which are to go are answered by then. */
export const READERS_END_MS = 60_000

/** The generation before a switch gets what comes for so long: by then it is known whether the rebuilt one is right. */
export const UNDO_MS = 24 * 3_600_000

/** What is noted of a rebuild that is switched to at a time. */
export function switchedAt(now: number): Pick<Rebuild, 'state' | 'undo_until' | 'drop_after'> {
  const undo_until = now + UNDO_MS
  return { state: 'switched', undo_until, drop_after: undo_until + READERS_END_MS }
}

export const openRebuilds: readonly RebuildState[] = ['due', 'building', 'ready']

/** The feed of a table, by its name or that of the feed (`products`); undefined for another. */
export function feedOf(feeds: readonly Feed[], table: string): Feed | undefined {
  return feeds.find((feed) => feed.table === table || feed.entity === table)
}
