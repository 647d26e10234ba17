import { StreamError } from '../errors.ts'
import { isoTime } from '../events/times.ts'
import { forEachBounded } from '../platform/bounded.ts'
import { expiresAfter, keptDays } from '../platform/dynamodb/expiry.ts'
import { type AttributeOf, byName, list, map, number, or, rowsOf, rowType, text } from '../platform/dynamodb/rows.ts'
import type { Condition, Tables } from '../platform/dynamodb/tables.ts'
import type { BatchContext } from '../platform/runtime/stage.ts'
import { emptyHistogram, type Histogram, withDuration } from './histogram.ts'
import type { StageReport } from './staged-row.ts'
import { FIGURES } from './tables.ts'

const FIGURES_EVERY_MS = 300_000
/** Rows written in parallel. */
const WRITERS = 16
/** Several partitions of `sync-status` write to one row; more conflicts than this mean that something else is wrong. */
const TRIES = 20
/**
 * An entity read later than this after its change was read for the first time, or again: it is left out of the times.
 */
const OLDEST_MS = 86_400_000

/** Durations of records. */
export interface Times {
  /** From the change at the source until delivery. */
  readonly end_to_end: Histogram
  /** From the change at the source until it was read. */
  readonly freshness: Histogram
}

/** Outcomes and durations of a connection's entities within five minutes. */
export interface FiguresRow extends Times {
  readonly connection: string
  /** ISO 8601: start of the five minutes. */
  readonly from: string
  /** Delivered or served entities, by entity type. */
  readonly done: Readonly<Record<string, number>>
  /** Failures, by code. */
  readonly failed: Readonly<Record<string, number>>
  /** Durations by entity type. */
  readonly times: Readonly<Record<string, Times>>
  /** By partition of `sync-status`: the last counted offset. */
  readonly offsets: Readonly<Record<string, number>>
  readonly revision: number
}

export const figuresRows = rowType<FiguresRow>(
  FIGURES,
  ['connection', 'from'],
  {
    connection: text,
    from: text,
    done: byName(number),
    failed: byName(number),
    end_to_end: list(number),
    freshness: list(number),
    times: or(byName(map<Times>({ end_to_end: list(number), freshness: list(number) })), {}),
    offsets: byName(number),
    revision: number,
  },
  ({ from = '' }) => expiresAfter(Date.parse(from), keptDays.figures),
)

type Counted = Pick<StageReport, 'at' | 'offset' | 'result'>

/**
 * Counts deliveries and failures. A report counts once, however often its record is redelivered: the row stores the
 * last counted offset of each partition, whose records come in order. A stage that reports again after a crash is
 * counted again: figures are for display only.
 */
export async function keepFigures(
  tables: Tables,
  reports: readonly Counted[],
  context: Pick<BatchContext, 'partition' | 'assertOwned'>,
): Promise<void> {
  const counted = reports.filter(({ result: { status } }) => status === 'succeeded' || status === 'failed')
  const groups = [...Map.groupBy(counted, nameOf).values()]
  const rows = rowsOf(tables, figuresRows)
  const found = await rows.getMany(groups.map(([first]) => keyOf(first as Counted)))
  const known = new Map(found.map((row) => [JSON.stringify([row.connection, row.from]), row]))
  await forEachBounded(groups, WRITERS, async (group) => {
    const key = keyOf(group[0] as Counted)
    let row = known.get(nameOf(group[0] as Counted))
    for (let tries = 0; tries < TRIES; tries += 1) {
      const after = evolveFigures(row ?? { ...none, ...key }, group, String(context.partition))
      if (after === null) return
      context.assertOwned()
      const unchanged: Condition<AttributeOf<FiguresRow>> =
        row === undefined ? { absent: 'from' } : { attribute: 'revision', is: '=', value: row.revision }
      if (await rows.put(after, unchanged)) return
      row = await rows.get(key)
    }
    throw new StreamError('concurrent_change', `figures of ${key.connection} from ${key.from} kept changing; try again`)
  })
}

const none: Omit<FiguresRow, 'connection' | 'from'> = {
  done: {},
  failed: {},
  end_to_end: emptyHistogram,
  freshness: emptyHistogram,
  times: {},
  offsets: {},
  revision: 0,
}

/** The row plus what it has not counted yet; null: it has everything. */
function evolveFigures(row: FiguresRow, reports: readonly Counted[], partition: string): FiguresRow | null {
  const last = row.offsets[partition] ?? -1
  const fresh = reports.filter(({ offset }) => offset > last)
  if (fresh.length === 0) return null
  const after = fresh.reduce(withReport, row)
  const offsets = { ...row.offsets, [partition]: Math.max(...fresh.map(({ offset }) => offset)) }
  return { ...after, offsets, revision: row.revision + 1 }
}

function withReport(row: FiguresRow, { at, result }: Counted): FiguresRow {
  const { entity, status, code, occurredAt, readAt } = result
  if (status === 'failed') return { ...row, failed: increased(row.failed, code ?? 'unexpected') }
  const done = { ...row, done: increased(row.done, entity) }
  const changed = occurredAt ?? readAt
  if (readAt - changed > OLDEST_MS) return done
  const longer = ({ end_to_end, freshness }: Times): Times => ({
    end_to_end: withDuration(end_to_end, at - changed),
    freshness: occurredAt === null ? freshness : withDuration(freshness, readAt - occurredAt),
  })
  const own = row.times[entity] ?? { end_to_end: emptyHistogram, freshness: emptyHistogram }
  return { ...done, ...longer(row), times: { ...row.times, [entity]: longer(own) } }
}

function increased(counts: Readonly<Record<string, number>>, name: string): Readonly<Record<string, number>> {
  return { ...counts, [name]: (counts[name] ?? 0) + 1 }
}

function keyOf({ at, result }: Counted): Pick<FiguresRow, 'connection' | 'from'> {
  return { connection: result.connection, from: isoTime(Math.floor(at / FIGURES_EVERY_MS) * FIGURES_EVERY_MS) }
}

function nameOf(report: Counted): string {
  const { connection, from } = keyOf(report)
  return JSON.stringify([connection, from])
}
