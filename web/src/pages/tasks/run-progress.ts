import type { Task } from '../../api/answers.ts'

/** What a run has done in less than this says little of what is left. */
const LEAST_S = 5
const LEAST_SHARE = 0.01

export interface RunProgress {
  /** Of 1; null: how much there is, nobody knows. */
  readonly share: number | null
  /** Null: it can't be told. */
  readonly leftS: number | null
}

type Progressing = Pick<
  Task,
  'run_state' | 'started_at' | 'window_from' | 'window_to' | 'reached_at' | 'expected' | 'read_count'
>

/**
 * How far the reading of a run is: a sweep by the keys that it expects, a read by the time of its window that it has come to, as
 * if as much had changed in each hour of it. Where neither is known, what was read so far is all that can be said.
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

/** Entities that came to an end at their connections, of all that were routed to one. */
export function processedOf({ connections }: Pick<Task, 'connections'>): {
  readonly done: number
  readonly total: number
} {
  const all = Object.values(connections)
  const total = all.flatMap(({ statuses }) => Object.values(statuses)).reduce((sum, count) => sum + count, 0)
  return { done: all.reduce((sum, { ended }) => sum + ended, 0), total }
}
