import type { RowChange } from '../../api/answers.ts'
import type { ChartLine } from '../../parts/chart-line.ts'
import { fieldsOf } from './origins.ts'

/** Locations with their own line; more could not be distinguished. */
const MOST_LOCATIONS = 4

export interface StockSeries {
  /** Seconds since 1970: of each change, and both ends of the range. */
  readonly times: readonly number[]
  readonly lines: readonly ChartLine[]
  /** Locations without a line. */
  readonly others: number
}

/**
 * Stock of a SKU at a source over time, from the changes of its row: total, and by location. Between two changes the
 * value is that of the earlier one; before the first known change there is no line. Times are milliseconds.
 */
export function stockSeries(
  changes: readonly RowChange[],
  { from, to, total }: { readonly from: number; readonly to: number; readonly total: string },
): StockSeries {
  const known = changes.toSorted((a, b) => Number(BigInt(a.offset) - BigInt(b.offset))).map(levelsOf)
  const inside = known.filter(({ at }) => at > from && at < to)
  const before = known.findLast(({ at }) => at <= from)
  const moments = [before === undefined ? null : { ...before, at: from }, ...inside]
  const shown = moments.filter((one) => one !== null)
  const last = shown.at(-1)
  const whole = last === undefined ? [] : [...shown, { ...last, at: to }]
  const begins = before === undefined ? [from] : []
  const names = byStock(known)
  const line = (name: string, index: number, levelOf: (levels: Levels) => number | null): ChartLine => ({
    name,
    color: `--part-${index + 1}`,
    values: [...begins.map(() => null), ...whole.map(levelOf)],
  })
  const locations = names.length > 1 ? names.slice(0, MOST_LOCATIONS) : []
  return {
    times: [...begins, ...whole.map(({ at }) => at)].map((at) => at / 1000),
    lines: [
      line(total, 0, (levels) => levels.total),
      ...locations.map((name, index) => line(name, index + 1, ({ locations: at }) => at.get(name) ?? null)),
    ],
    others: names.length - locations.length - (names.length === 1 ? 1 : 0),
  }
}

interface Levels {
  readonly at: number
  readonly total: number
  readonly locations: ReadonlyMap<string, number>
}

function levelsOf({ at, data, deleted }: RowChange): Levels {
  const locations = Array.isArray(data['locations']) ? data['locations'].map(fieldsOf) : []
  return {
    at: Date.parse(at),
    total: deleted ? 0 : Number(data['total'] ?? 0),
    locations: new Map(deleted ? [] : locations.map((one) => [String(one['location']), Number(one['available'] ?? 0)])),
  }
}

/** Highest stock first. */
function byStock(known: readonly Levels[]): readonly string[] {
  const most = new Map<string, number>()
  for (const [name, level] of known.flatMap(({ locations }) => [...locations])) {
    most.set(name, Math.max(level, most.get(name) ?? Number.NEGATIVE_INFINITY))
  }
  return [...most].toSorted(([, a], [, b]) => b - a).map(([name]) => name)
}
