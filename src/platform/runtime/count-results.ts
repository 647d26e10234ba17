import type { EntityResult } from '../../events/generated/events.ts'
import type { Meter } from '../metrics/meter.ts'
import type { StageResult } from './stage-result.ts'

/** What was read later than this after it changed was read for the first time, or again: it says nothing of today. */
const OLDEST_MS = 86_400_000

/** Counts what a stage has reported at `at`: by connection and outcome, and how long what is delivered has taken. */
export function countResults(meter: Meter, stage: string, results: readonly StageResult[], at: number): void {
  const groups = new Map<string, { readonly first: EntityResult; count: number }>()
  for (const { result } of results) {
    const { connection, entity, status, code } = result
    const name = `${connection}|${entity}|${status}|${code}`
    const known = groups.get(name)
    if (known === undefined) groups.set(name, { first: result, count: 1 })
    else known.count += 1
    if (status === 'succeeded' && connection !== null) observeWay(meter, connection, result, at)
  }
  for (const { first, count } of groups.values()) {
    const { connection, entity, status: outcome, code } = first
    const labels = { stage, connection: connection ?? '', entity, outcome, code: code ?? '' }
    meter.count('waldstream_results_total', labels, count)
  }
}

function observeWay(meter: Meter, connection: string, result: EntityResult, at: number): void {
  const { entity, occurredAt, readAt } = result
  const changed = occurredAt ?? readAt
  if (readAt - changed > OLDEST_MS) return
  const labels = { connection, entity }
  meter.observe('waldstream_end_to_end_seconds', labels, (at - changed) / 1000)
  if (occurredAt !== null) meter.observe('waldstream_freshness_seconds', labels, (readAt - occurredAt) / 1000)
}
