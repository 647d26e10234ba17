import { ApiProblem } from './ask.ts'

/** Whether the API, or something it needs, is unavailable: a temporary error that does not depend on the request. */
export function isOutage(error: unknown): boolean {
  return error instanceof ApiProblem && (error.status === 0 || error.status >= 500)
}
