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
/** Rows written at once. */
const WRITERS = 16
/** The partitions of `sync-status` meet in a row; more refusals than this mean something else is wrong. */
const TRIES = 20
/** What was read later than this after it changed was read for the first time, or again: it says nothing of today. */
const OLDEST_MS = 86_400_000

/** How long records took. */
export interface Times {
  /** From its change at the source until it was delivered. */
  readonly end_to_end: Histogram
  /** From its change at the source until it was read. */
  readonly freshness: Histogram
}

/** What came of a connection's entities within five minutes, and how long all of them took. */
export interface FiguresRow extends Times {
  readonly connection: string
  /** ISO 8601: when the five minutes begin. */
  readonly from: string
  /** What was delivered, or is served, by entity. */
  readonly done: Readonly<Record<string, number>>
  /** What failed, by code. */
  readonly failed: Readonly<Record<string, number>>
  /** How long those of each entity took. */
  readonly times: Readonly<Record<string, Times>>
  /** By partition of `sync-status`: the last offset that is counted. */
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
 * Counts what was delivered and what failed. A report is counted once, however often its record is handed over: the row knows
 * up to where it has each partition, whose records come in order. A stage that reports again after a crash is counted
 * again: figures are for looking at, nothing rests on them.
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
    throw new StreamError('concurrent_change', `the figures of ${key.connection} from ${key.from} change all the time`)
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

/** The row with what it has not counted yet; null: it has all of it. */
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
