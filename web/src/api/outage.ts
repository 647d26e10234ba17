import { ApiProblem } from './ask.ts'

/** Whether the API, or what it needs, is not there: a matter of time, not of what was asked. */
export function isOutage(error: unknown): boolean {
  return error instanceof ApiProblem && (error.status === 0 || error.status >= 500)
}
