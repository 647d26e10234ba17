import { readConfiguration } from '../configuration/read-configuration.ts'
import { StreamError } from '../errors.ts'
import { isoTime } from '../events/times.ts'
import { rowsOf } from '../platform/dynamodb/rows.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { type FiguresRow, figuresRows, type Times } from '../projections/figures.ts'
import { addHistograms, countOf, type Histogram, quantileOf } from '../projections/histogram.ts'
import type { TableDeps } from './dependencies.ts'
import type { Principal } from './principal.ts'
import { within } from './scope.ts'
import { unknownConnection } from './unknown-connection.ts'

/** Times are milliseconds. */
export interface FiguresQuery {
  /** Null: all connections that the caller sees. */
  readonly connection: string | null
  readonly from: number | null
  readonly to: number | null
  /** Length of each part: a multiple of five. */
  readonly minutes: number
}

/** Quantiles in seconds over `count` values; null: there are no values. */
export interface Durations {
  readonly count: number
  readonly p50: number | null
  readonly p95: number | null
}

/** Time of deliveries from the change at the source: `end_to_end` until delivered, `freshness` until read. */
export interface FlowTimes {
  readonly end_to_end: Durations
  readonly freshness: Durations
}

export interface FiguresPart extends FlowTimes {
  readonly from: string
  readonly done: Readonly<Record<string, number>>
  readonly failed: Readonly<Record<string, number>>
}

export interface Figures {
  readonly from: string
  readonly to: string
  /** Only parts with deliveries or failures. */
  readonly parts: readonly FiguresPart[]
  /** Total of all parts. */
  readonly whole: Omit<FiguresPart, 'from'>
  /** False: the caller sees more connections than are added up; name one. */
  readonly complete: boolean
}

const DAY_MS = 86_400_000
/** Retention of the rows. */
const LONGEST_MS = 2 * DAY_MS
/** Maximum number of connections to add up: each needs a query. */
const MOST_CONNECTIONS = 100

const HOUR_MS = 3_600_000

/** Times of a connection's deliveries within the last hour, by entity. */
export async function timesOfHour(
  tables: Tables,
  connection: string,
  now: number,
): Promise<(entity: string) => FlowTimes> {
  const rows = await rowsOf(tables, figuresRows).query({ partition: connection, from: isoTime(now - HOUR_MS) })
  const all = rows.flatMap(({ times }) => Object.entries(times))
  return (entity) => timesOf(all.flatMap(([name, own]) => (name === entity ? [own] : [])))
}

/** Deliveries and failures by time. Throws `not_found`, and `request_invalid` for an invalid time span. */
export async function figures(
  { tables, clock }: Pick<TableDeps, 'tables' | 'clock'>,
  by: Principal,
  query: FiguresQuery,
): Promise<Figures> {
  const to = query.to ?? clock.now()
  const from = query.from ?? to - DAY_MS
  if (from >= to || to - from > LONGEST_MS) {
    throw new StreamError('request_invalid', 'from must be before to, by at most two days', { field: 'from' })
  }
  const { connections } = await readConfiguration(tables)
  const reached = within(by.scope, connections, ({ id }) => ({ connection: id })).map(({ id }) => id)
  if (query.connection !== null && !reached.includes(query.connection)) {
    throw await unknownConnection(tables, by, query.connection)
  }
  const asked = query.connection === null ? reached.slice(0, MOST_CONNECTIONS) : [query.connection]
  const step = query.minutes * 60_000
  // The first part is complete.
  const begin = Math.floor(from / step) * step
  const rows = await Promise.all(
    asked.map((id) => rowsOf(tables, figuresRows).query({ partition: id, from: isoTime(begin), before: isoTime(to) })),
  )
  const byPart = Map.groupBy(rows.flat(), (row) => Math.floor(Date.parse(row.from) / step) * step)
  return {
    from: isoTime(begin),
    to: isoTime(to),
    parts: [...byPart].toSorted(([a], [b]) => a - b).map(([at, own]) => ({ from: isoTime(at), ...together(own) })),
    whole: together(rows.flat()),
    complete: query.connection !== null || reached.length <= MOST_CONNECTIONS,
  }
}

function together(rows: readonly FiguresRow[]): Omit<FiguresPart, 'from'> {
  return {
    done: sums(rows.map(({ done }) => done)),
    failed: sums(rows.map(({ failed }) => failed)),
    ...timesOf(rows),
  }
}

function timesOf(all: readonly Times[]): FlowTimes {
  return {
    end_to_end: durations(all.map(({ end_to_end }) => end_to_end)),
    freshness: durations(all.map(({ freshness }) => freshness)),
  }
}

function sums(all: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const total = new Map<string, number>()
  for (const [name, count] of all.flatMap((one) => Object.entries(one))) total.set(name, (total.get(name) ?? 0) + count)
  return Object.fromEntries([...total].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function durations(all: readonly Histogram[]): Durations {
  const one = addHistograms(all)
  return { count: countOf(one), p50: quantileOf(one, 0.5), p95: quantileOf(one, 0.95) }
}
