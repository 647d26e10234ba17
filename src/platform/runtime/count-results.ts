import type { EntityResult } from '../../events/generated/events.ts'
import type { Meter } from '../metrics/meter.ts'
import type { StageResult } from './stage-result.ts'

/** Changes read later than this were read for the first time or re-read: they are left out of the latency metrics. */
const OLDEST_MS = 86_400_000

/** Results of one connection, entity, outcome and code. */
interface Group {
  readonly first: EntityResult
  count: number
  readonly endToEnd: number[]
  readonly freshness: number[]
}

/**
 * Counts the results that a stage reported at `at`, by connection and outcome, and measures the latency of deliveries.
 */
export function countResults(meter: Meter, stage: string, results: readonly StageResult[], at: number): void {
  const groups = new Map<string, Group>()
  for (const { result } of results) {
    const { connection, entity, status, code } = result
    const name = `${connection}|${entity}|${status}|${code}`
    const known = groups.get(name)
    const group = known ?? { first: result, count: 0, endToEnd: [], freshness: [] }
    if (known === undefined) groups.set(name, group)
    group.count += 1
    if (status === 'succeeded' && connection !== null) addWay(group, result, at)
  }
  for (const { first, count, endToEnd, freshness } of groups.values()) {
    const { connection: id, entity, status: outcome, code } = first
    const connection = id ?? ''
    meter.count('waldstream_results_total', { stage, connection, entity, outcome, code: code ?? '' }, count)
    if (endToEnd.length > 0) meter.observe('waldstream_end_to_end_seconds', { connection, entity }, endToEnd)
    if (freshness.length > 0) meter.observe('waldstream_freshness_seconds', { connection, entity }, freshness)
  }
}

function addWay({ endToEnd, freshness }: Group, { occurredAt, readAt }: EntityResult, at: number): void {
  const changed = occurredAt ?? readAt
  if (readAt - changed > OLDEST_MS) return
  endToEnd.push((at - changed) / 1000)
  if (occurredAt !== null) freshness.push((readAt - occurredAt) / 1000)
}
