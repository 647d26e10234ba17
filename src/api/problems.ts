import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, FastifySchemaValidationError } from 'fastify'
import { type Static, Type } from 'typebox'
import { type ErrorCode, StreamError, toStreamError } from '../errors.ts'

/** An RFC 9457 problem document; `code` is stable, `detail` names the field and the way out. */
export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String(),
    detail: Type.String(),
    field: Type.Optional(Type.String({ description: 'The parameter that is wrong' })),
    errors: Type.Optional(
      Type.Array(Type.Object({ field: Type.String(), message: Type.String() }), {
        description: 'Everything that is wrong, where several things may be',
      }),
    ),
  },
  { $id: 'Problem', description: 'RFC 9457 problem document' },
)

interface ProblemResponse {
  readonly description: string
  readonly content: { readonly 'application/problem+json': { readonly schema: { readonly $ref: string } } }
}

/** Response schemas of the errors a route may answer with. Where callers sign in, their keys may also be too small. */
export function problems<S extends number>(...statuses: readonly S[]): Record<S, ProblemResponse> {
  const content = { 'application/problem+json': { schema: { $ref: 'Problem#' } } } as const
  const all: readonly number[] = statuses.some((status) => status === 401) ? [...statuses, 403] : statuses
  return Object.fromEntries(
    all.map((status) => [status, { description: STATUS_CODES[status] ?? '', content }]),
  ) as Record<S, ProblemResponse>
}

const statusOf: Partial<Readonly<Record<ErrorCode, number>>> = {
  request_invalid: 400,
  cursor_invalid: 400,
  start_from_missing: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  state_conflict: 409,
  revision_differs: 412,
  cursor_expired: 410,
}

/** Every error leaves as a problem document. A 5xx says nothing of its cause; the log does. */
export function answerWithProblems(app: FastifyInstance): void {
  app.setErrorHandler(async (error: FastifyError | Error, request, reply) => {
    const problem = toProblem(error)
    if (problem.status >= 500 && problem.status !== 501)
      request.log.error({ err: error, code: problem.code }, 'request failed')
    if (problem.status === 401) reply.header('www-authenticate', 'Bearer')
    if (problem.status === 503) reply.header('retry-after', '5')
    return await send(reply, problem)
  })
  app.setNotFoundHandler(async (request: FastifyRequest, reply) => {
    const detail = `there is nothing at ${request.method} ${request.url.split('?', 1)[0]}; see /openapi.json for what there is`
    return await send(reply, document(404, 'not_found', detail))
  })
}

async function send(reply: FastifyReply, problem: Static<typeof Problem>): Promise<FastifyReply> {
  return await reply.code(problem.status).type('application/problem+json').send(JSON.stringify(problem))
}

function toProblem(error: FastifyError | Error): Static<typeof Problem> {
  if ('validation' in error && error.validation !== undefined) return ofValidation(error.validation)
  if (!(error instanceof StreamError) && 'statusCode' in error && (error.statusCode ?? 500) < 500) {
    const detail =
      error.statusCode === 415 ? 'send the body as JSON, with content-type: application/json' : error.message
    return document(error.statusCode ?? 400, 'request_invalid', detail)
  }
  const { code, policy, message, field, mistakes } = toStreamError(error)
  const status = statusOf[code] ?? (policy === 'stop' || policy === 'retry' ? 503 : 500)
  if (status === 503) return document(503, code, 'a service that is needed does not answer; ask again later')
  if (status === 500) return document(500, 'unexpected', 'the request failed; the log has the cause')
  const errors = mistakes.map((mistake) => ({ ...mistake }))
  return { ...document(status, code, message, field), ...(errors.length === 0 ? {} : { errors }) }
}

function ofValidation(errors: readonly FastifySchemaValidationError[]): Static<typeof Problem> {
  const [first] = errors
  const { missingProperty, additionalProperty, allowedValues } = first?.params ?? {}
  const path = first?.instancePath.slice(1).replaceAll('/', '.') ?? ''
  const field = String(missingProperty ?? additionalProperty ?? path)
  if (missingProperty !== undefined) return document(400, 'request_invalid', `${field} is missing`, field)
  if (additionalProperty !== undefined) {
    return document(400, 'request_invalid', `${field} is not a parameter here; see /openapi.json`, field)
  }
  const allowed = Array.isArray(allowedValues) ? `: ${allowedValues.join(', ')}` : ''
  return document(400, 'request_invalid', `${field} ${first?.message ?? 'is not valid'}${allowed}`, field)
}

function document(status: number, code: ErrorCode, detail: string, field?: string): Static<typeof Problem> {
  const title = STATUS_CODES[status] ?? 'Error'
  return { type: 'about:blank', title, status, code, detail, ...(field === undefined ? {} : { field }) }
}
