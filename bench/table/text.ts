import { table } from '../../scripts/settings-tables.ts'
import { type Goal, isMet, type Measurement, type Measurements, type NotMeasured, type RowId, rows } from './rows.ts'

const THREE_DIGITS = 100

/** A figure as it is read: whole where it is large. */
function figure(value: number): string {
  return value >= THREE_DIGITS ? Math.round(value).toLocaleString('en-US') : value.toFixed(value >= 10 ? 1 : 2)
}

function goalText(goal: Goal): string {
  return 'least' in goal ? `≥ ${goal.least}` : `≤ ${goal.most}`
}

/** The table as Markdown: every line there is to be, also those without a figure. */
export function tableText(measured: Measurements): string {
  const lines = rows.map(({ id, measure, unit, against, goal }) => {
    const found: Measurement | NotMeasured = measured[id] ?? { why: 'not yet measured' }
    if ('why' in found) return [measure, '–', against, '–', '–', goalText(goal), found.why]
    const note = found.note === undefined ? '' : ` (${found.note})`
    const met = `${isMet(goal, found.ratio) ? 'yes' : 'no'}${note}`
    const [value, theirs] = [figure(found.value), figure(found.theirs)]
    return [measure, `${value} ${unit}`, against, theirs, figure(found.ratio), goalText(goal), met]
  })
  const head = ['measure', 'value', 'against', 'theirs', 'ratio', 'goal', 'met']
  return table(head, lines)
}

/** How much worse a ratio may be than the one that was kept: measured on machines that do other work as well. */
const TOLERANCE = 0.2

/** Rows that are more than a fifth worse than what was kept, as sentences. */
export function regressions(now: Measurements, kept: Measurements): readonly string[] {
  return rows.flatMap(({ id, measure, goal }) => {
    const [ours, before] = [ratioOf(now, id), ratioOf(kept, id)]
    if (ours === undefined || before === undefined) return []
    const isWorse = 'least' in goal ? ours < before * (1 - TOLERANCE) : ours > before / (1 - TOLERANCE)
    return isWorse ? [`${id} (${measure}): ratio ${figure(ours)}, and ${figure(before)} was kept`] : []
  })
}

function ratioOf(measured: Measurements, id: RowId): number | undefined {
  const found = measured[id]
  return found === undefined || 'why' in found ? undefined : found.ratio
}
