import type { Task } from '../../api/answers.ts'

/** Before this, progress says little about the remaining time. */
const LEAST_S = 5
const LEAST_SHARE = 0.01

export interface RunProgress {
  /** Share of 1; null: the total is not known. */
  readonly share: number | null
  /** Null: not known. */
  readonly leftS: number | null
}

type Progressing = Pick<
  Task,
  'run_state' | 'started_at' | 'window_from' | 'window_to' | 'reached_at' | 'expected' | 'read_count'
>

/**
 * Progress of a run's reading: a sweep by its expected keys, a read by the time that it has reached in its window,
 * assuming equally many changes per hour. If neither is known, only the rows read so far can be shown.
 */
export function runProgress(task: Progressing, nowMs: number): RunProgress {
  const share = task.run_state === 'running' ? shareOf(task) : null
  if (share === null || task.started_at === null) return { share, leftS: null }
  const elapsedS = (nowMs - Date.parse(task.started_at)) / 1000
  const isTold = elapsedS >= LEAST_S && share >= LEAST_SHARE && share < 1
  return { share, leftS: isTold ? (elapsedS * (1 - share)) / share : null }
}

function shareOf({ expected, read_count, window_from, window_to, reached_at }: Progressing): number | null {
  if (expected !== null) return expected === 0 ? null : within(read_count / expected)
  if (window_from === null || window_to === null || reached_at === null) return null
  const [from, to] = [Date.parse(window_from), Date.parse(window_to)]
  return to <= from ? null : within((Date.parse(reached_at) - from) / (to - from))
}

const within = (share: number) => Math.min(1, Math.max(0, share))

/** Entities with a final status at their connections, of all that were routed to one. */
export function processedOf({ connections }: Pick<Task, 'connections'>): {
  readonly done: number
  readonly total: number
} {
  const all = Object.values(connections)
  const total = all.flatMap(({ statuses }) => Object.values(statuses)).reduce((sum, count) => sum + count, 0)
  return { done: all.reduce((sum, { ended }) => sum + ended, 0), total }
}
