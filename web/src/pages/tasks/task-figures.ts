import type { Task } from '../../api/answers.ts'
import { ageText } from '../../format.ts'

/** Entities of a run that failed, at any connection or before. */
export function failedOf({ connections, unrouted_failed }: Task): number {
  return Object.values(connections).reduce((sum, { statuses }) => sum + (statuses['failed'] ?? 0), unrouted_failed)
}

/** Duration of the reading; empty while it has not ended. */
export function tookText({ started_at, ended_at }: Task): string {
  if (started_at === null || ended_at === null) return ''
  const ms = Date.parse(ended_at) - Date.parse(started_at)
  return ms < 1000 ? `${ms} ms` : ageText(ms / 1000)
}
