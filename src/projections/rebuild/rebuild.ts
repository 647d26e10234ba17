import { byName, list, map, number, oneOf, opaque, orNull, rowType, text } from '../../platform/dynamodb/rows.ts'
import type { TableDefinition } from '../../platform/dynamodb/tables.ts'
import { expiresOnceEnded, type Job, jobTable } from '../../platform/jobs.ts'
import type { Feed } from '../projection.ts'

export const REBUILDS = 'rebuilds'
export const rebuildTables: readonly TableDefinition[] = [jobTable(REBUILDS)]

/**
 * `ready`: complete and kept up to date, waits for a decision. `switched`: live; the previous generation is kept up to
 * date until `undo_until`, then its rows are deleted. `dropping`: the rows of the generation are being deleted.
 */
export type RebuildState = 'due' | 'building' | 'ready' | 'switched' | 'ended' | 'dropping' | 'dropped' | 'failed'

/** A field's values in both generations. */
interface FieldDifference {
  readonly live: unknown
  readonly rebuilt: unknown
}

/** Also has the parts of the row's key by name: `sku`. */
export interface RowDifference {
  readonly connection: string
  readonly source: string
  readonly kind: 'only_live' | 'only_rebuilt' | 'differs'
  readonly fields: Readonly<Record<string, FieldDifference>>
  readonly [part: string]: string | Readonly<Record<string, FieldDifference>>
}

/** What would change for readers. */
export interface Difference {
  readonly rows_live: number
  readonly rows_rebuilt: number
  readonly only_live: number
  readonly only_rebuilt: number
  readonly differing: number
  /** Number of rows by differing field: `data.color`, `deleted`, `position`. */
  readonly fields: Readonly<Record<string, number>>
  /** The first differing rows. */
  readonly samples: readonly RowDifference[]
}

/** A rebuild of a feed table from its topic, as the next generation besides the live one. Times are ISO 8601 UTC. */
export interface Rebuild extends Job {
  readonly state: RebuildState
  /** Name of the table, without prefix. */
  readonly table: string
  /** Null until it begins. */
  readonly generation: number | null
  /** The live generation when it began. */
  readonly live_generation: number | null
  readonly by: string | null
  readonly reason: string | null
  readonly requested_at: string
  readonly ready_at: string | null
  readonly ended_at: string | null
  /** Events folded. */
  readonly events: number
  readonly difference: Difference | null
  /** Milliseconds UTC: by then all requests that read the old rows have ended. */
  readonly drop_after: number
  /**
   * Milliseconds UTC: until then the previous generation is kept up to date and the switch can be undone. Null: it
   * can't.
   */
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

/** By then all requests that read the old rows have ended. */
export const READERS_END_MS = 60_000

/**
 * How long the previous generation is kept up to date after a switch: by then people know whether the rebuilt one is
 * right.
 */
export const UNDO_MS = 24 * 3_600_000

/** Fields of a rebuild that was switched to at a time. */
export function switchedAt(now: number): Pick<Rebuild, 'state' | 'undo_until' | 'drop_after'> {
  const undo_until = now + UNDO_MS
  return { state: 'switched', undo_until, drop_after: undo_until + READERS_END_MS }
}

export const openRebuilds: readonly RebuildState[] = ['due', 'building', 'ready']

/** The feed of a table, by the table's name or the feed's (`products`); undefined: there is none. */
export function feedOf(feeds: readonly Feed[], table: string): Feed | undefined {
  return feeds.find((feed) => feed.table === table || feed.entity === table)
}
