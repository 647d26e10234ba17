/**
 * Days that rows are kept which would only grow with time; docs/how-to/operations.md says what bounds each table. The rows of a task
 * outlive the run that leads to them: no task is shown with some of its entities gone.
 */
export const keptDays = {
  processes: 1,
  figures: 2,
  pulls: 90,
  notifications: 90,
  requests: 90,
  runs: 90,
  taskRows: 120,
  orderSteps: 400,
  orderIndex: 430,
  stagedOrders: 400,
  endedDeadLetters: 400,
  endedJobs: 400,
  endedShareLinks: 90,
  filedFulfilments: 400,
  notesOfOrders: 400,
  linkNotes: 400,
  configurationChanges: 1_100,
} as const

const DAY_SECONDS = 86_400

/** Seconds since 1970, as DynamoDB wants it: when what is of `at` (milliseconds) may be removed. */
export function expiresAfter(at: number, days: number): number {
  return Math.floor(at / 1000) + days * DAY_SECONDS
}
