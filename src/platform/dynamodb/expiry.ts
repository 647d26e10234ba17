/**
 * Days after which rows of ever-growing tables expire; docs/how-to/operations.md says what bounds each table. The rows
 * of a task outlive the run that leads to them, so that no task is shown with some of its entities missing.
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
  outgoingEvents: 30,
  outgoingSubscriptions: 90,
  stagedOrders: 400,
  stockClaims: 60,
  endedDeadLetters: 400,
  endedJobs: 400,
  endedShareLinks: 90,
  filedFulfilments: 400,
  sentMails: 400,
  notesOfOrders: 400,
  linkNotes: 400,
  configurationChanges: 1_100,
} as const

const DAY_SECONDS = 86_400

/** Expiry time of a row of `at` (milliseconds UTC), in seconds since 1970 as DynamoDB requires. */
export function expiresAfter(at: number, days: number): number {
  return Math.floor(at / 1000) + days * DAY_SECONDS
}
