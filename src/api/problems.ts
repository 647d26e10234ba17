import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, FastifySchemaValidationError } from 'fastify'
import { type Static, Type } from 'typebox'
import { type ErrorCode, StreamError, toStreamError } from '../errors.ts'
import { MOST_MISTAKES } from '../platform/collect-mistakes.ts'
import { HttpError } from './http-error.ts'
import { LONGEST_PARAMETER } from './path-text.ts'

/** An RFC 9457 problem document; `code` is stable, `detail` names the field and the fix. */
export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String(),
    detail: Type.String(),
    field: Type.Optional(Type.String({ description: 'The wrong parameter' })),
    errors: Type.Optional(
      Type.Array(Type.Object({ field: Type.String(), message: Type.String() }), {
        description: 'All mistakes, where several are possible',
      }),
    ),
  },
  { $id: 'Problem', description: 'RFC 9457 problem document' },
)

interface ProblemResponse {
  readonly description: string
  readonly content: { readonly 'application/problem+json': { readonly schema: { readonly $ref: string } } }
}

/** One object for all routes: its serializer is compiled once. */
const content: ProblemResponse['content'] = { 'application/problem+json': { schema: { $ref: 'Problem#' } } }

/** Response schemas of a route's errors. A route with 401 also has 403, for a missing scope. */
export function problems<S extends number>(...statuses: readonly S[]): Record<S, ProblemResponse> {
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
  confirmation_needed: 409,
  revision_differs: 412,
  cursor_expired: 410,
  value_too_large: 413,
}

/** How to fix requests with these HTTP statuses, where the original message does not say it. */
const ways: Readonly<Record<number, string>> = {
  400: 'the request is not valid HTTP, or its URL or body is malformed',
  408: 'the request did not arrive in time; send it without delay',
  413: 'the body is too large; send less, or several requests',
  414: `a part of the path has more than ${LONGEST_PARAMETER} characters, the maximum of ids and SKUs; shorten it`,
  415: 'send the body as JSON, with content-type: application/json',
  417: 'Expect: only 100-continue is supported',
  431: 'the headers have more than 16 kB in total; send fewer',
}

/**
 * Returns every error as a problem document. A 5xx hides its cause, which is in the log. `refusalOf`: an error to send
 * instead to refused callers; null: the error itself.
 */
export function answerWithProblems(
  app: FastifyInstance,
  refusalOf: (request: FastifyRequest, error: StreamError) => Promise<Error | null>,
): void {
  app.setErrorHandler(async (error: FastifyError | Error, request, reply) => {
    const said = error instanceof StreamError ? await refusalOf(request, error) : null
    return await sendProblem(said ?? error, request, reply)
  })
}

/** As `answerWithProblems`, for errors before routing. */
export async function sendProblem(
  error: FastifyError | Error,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const problem = toProblem(error)
  if (problem.status >= 500 && problem.status !== 501)
    request.log.error({ err: error, code: problem.code }, 'request failed')
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer')
  if (problem.status === 503) reply.header('retry-after', '5')
  if (error instanceof HttpError) reply.headers({ ...error.headers })
  return await reply
    .code(problem.status)
    .header('cache-control', 'no-store')
    .type('application/problem+json')
    .send(JSON.stringify(problem))
}

/** The complete response bytes for a request that the HTTP parser could not read. */
export function rawProblem(status: number): string {
  const body = JSON.stringify(document(status, 'request_invalid', ways[status] ?? `${STATUS_CODES[status]}`))
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    'connection: close',
  ]
  return `${head.join('\r\n')}\r\n\r\n${body}`
}

function toProblem(error: FastifyError | Error): Static<typeof Problem> {
  if ('validation' in error && error.validation !== undefined)
    return ofValidation(error.validation, error.validationContext)
  if (error instanceof HttpError) return document(error.statusCode, error.errorCode, error.message)
  if ('code' in error && error.code === BAD_PATH)
    return document(400, 'request_invalid', badPath(error.message), 'path')
  if (!(error instanceof StreamError) && 'statusCode' in error && (error.statusCode ?? 500) < 500) {
    const status = error.statusCode ?? 400
    return document(status, 'request_invalid', ways[status] ?? error.message, status === 414 ? 'path' : undefined)
  }
  const { code, policy, message, field, mistakes } = toStreamError(error)
  const status = statusOf[code] ?? (policy === 'stop' || policy === 'retry' ? 503 : 500)
  if (status === 503) return document(503, code, 'a required service does not answer; try again later')
  if (status === 500) return document(500, 'unexpected', 'the request failed; the log has the cause')
  const errors = mistakes.slice(0, MOST_MISTAKES).map((mistake) => {
    return { field: shortened(mistake.field), message: shortened(mistake.message, LONGEST_MESSAGE) }
  })
  return { ...document(status, code, message, field), ...(errors.length === 0 ? {} : { errors }) }
}

/** Fastify's code for a URL that cannot be decoded. */
const BAD_PATH = 'FST_ERR_BAD_URL'

function badPath(message: string): string {
  const wrong = /%(?![\da-f]{2})[^/?'\s]{0,2}/i.exec(message)?.[0]
  const what =
    wrong === undefined ? 'contains bytes that are not valid UTF-8' : `contains "${wrong}", which is not a valid escape`
  return `the path ${what}; encode each part as UTF-8, a % itself as %25`
}

/** The problem of a path parameter. Clients remove `.` and `..` from a path before they send it. */
function ofPathPart(field: string, keyword: string | undefined): Static<typeof Problem> | null {
  if (keyword === 'minLength') {
    const detail = `${field} is empty; write it in the path ("." and ".." cannot be used: clients remove them)`
    return document(400, 'request_invalid', detail, field)
  }
  if (keyword !== 'maxLength') return null
  const detail = `${field} has more than ${LONGEST_PARAMETER} characters, the maximum of ids and SKUs; shorten it`
  return document(400, 'request_invalid', detail, field)
}

function ofValidation(
  errors: readonly FastifySchemaValidationError[],
  context: FastifyError['validationContext'],
): Static<typeof Problem> {
  const [first] = errors
  const { missingProperty, additionalProperty, allowedValues } = first?.params ?? {}
  const path = first?.instancePath.slice(1).replaceAll('/', '.') ?? ''
  const field = shortened(String(missingProperty ?? additionalProperty ?? path))
  if (missingProperty !== undefined) return document(400, 'request_invalid', `${field} is missing`, field)
  if (additionalProperty !== undefined) {
    return document(400, 'request_invalid', `${field} is not a parameter here; see /openapi.json`, field)
  }
  const ofPath = context === 'params' ? ofPathPart(field, first?.keyword) : null
  if (ofPath !== null) return ofPath
  const allowed = Array.isArray(allowedValues) ? `: ${allowedValues.join(', ')}` : ''
  const what = field === '' ? 'the body' : field
  return document(400, 'request_invalid', `${what} ${first?.message ?? 'is not valid'}${allowed}`, field)
}

/** Limits for names and values from the request, which may be as long as the request. */
const LONGEST_FIELD = 200
const LONGEST_MESSAGE = 1_000
const LONGEST_DETAIL = 4_000

function shortened(text: string, most = LONGEST_FIELD): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`
}

function document(status: number, code: ErrorCode, detail: string, field?: string): Static<typeof Problem> {
  const title = STATUS_CODES[status] ?? 'Error'
  const own = field === undefined ? {} : { field: shortened(field) }
  return { type: 'about:blank', title, status, code, detail: shortened(detail, LONGEST_DETAIL), ...own }
}
