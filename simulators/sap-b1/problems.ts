import type { FastifyReply } from 'fastify'

export type Version = 'v1' | 'v2'

/** An error as the Service Layer returns it: SAP's code and words. */
export class SapProblem extends Error {
  readonly status: number
  readonly code: number

  constructor(status: number, code: number, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

export const notFound = () => new SapProblem(404, -2028, 'No matching records found (ODBC -2028)')
/** A body names something that does not exist. */
export const noSuchReference = () => new SapProblem(400, -2028, 'No matching records found (ODBC -2028)')
export const refused = (message: string) => new SapProblem(400, -10, message)
export const sessionOver = () => new SapProblem(401, 301, 'Invalid session or session already timeout.')
export const invalidProperty = (name: string, of: string) =>
  new SapProblem(400, -1000, `Property '${name}' of '${of}' is invalid`)

/** v1: numeric code and a message with its language; v2: both as text. */
export function sendProblem(reply: FastifyReply, version: Version, error: unknown): FastifyReply {
  const problem = error instanceof SapProblem ? error : foreignProblem(error)
  const { code, message } = problem
  const body =
    version === 'v1'
      ? { error: { code, message: { lang: 'en-us', value: message } } }
      : { error: { code: String(code), message } }
  return reply.code(problem.status).type('application/json;charset=utf-8').send(JSON.stringify(body))
}

function foreignProblem(error: unknown): SapProblem {
  const { statusCode = 500, message = 'Internal error' } = Object(error) as { statusCode?: number; message?: string }
  return new SapProblem(statusCode, -1, message)
}
