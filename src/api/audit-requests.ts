import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type ErrorCode, StreamError } from '../errors.ts'
import { type AuditEntry, isNoted, whoIs } from '../operations/audit.ts'
import { seesAll } from '../operations/scope.ts'
import { callerIfAny, needOf } from './access.ts'
import { createBoundedNotes } from './bounded-notes.ts'
import type { ApiDeps } from './dependencies.ts'

const READS = ['GET', 'HEAD', 'OPTIONS']

/**
 * Records requests in the audit trail: requests refused for a missing key, scope or access, and failed changes.
 * Successful changes are recorded by their operation, with before and after; if the operation records nothing, the
 * request is recorded here, so that none is missed. The response is sent after the entry is written.
 */
export function auditRequests(app: FastifyInstance, deps: Pick<ApiDeps, 'operations' | 'clock' | 'logger'>): void {
  const dueNow = createBoundedNotes(deps.clock)
  const codes = new WeakMap<FastifyRequest, ErrorCode>()
  app.addHook('onError', async (request, _reply, error) => {
    if (error instanceof StreamError) codes.set(request, error.code)
  })
  app.addHook('onSend', async (request, reply) => {
    const status = reply.statusCode
    // Anybody may cause these: one row counts many.
    const times = status === 401 ? dueNow(request.ip) : 1
    if (times === null || !isWorthNoting(request, status)) return
    const route = routeOf(request)
    const entry = {
      ...callerOf(request),
      what: status === 401 ? 'sign-in' : route,
      target: status === 401 ? route : targetOf(request),
      outcome: outcomeOf(status),
      code: codes.get(request) ?? codeOf(status),
      before: null,
      after: null,
      times,
    }
    await deps.operations.audit.record(entry).catch((err: unknown) => {
      deps.logger.error({ err, who: entry.who, what: entry.what }, 'the audit trail could not be written')
    })
  })
}

function isWorthNoting(request: FastifyRequest, status: number): boolean {
  if (status === 401 || status === 403) return true
  // Refused only to limit the load.
  if (status === 429) return false
  const caller = callerIfAny(request)
  // A webhook only requests reads.
  const need = needOf(request.method, request.routeOptions.url)
  if (caller === undefined || need === undefined) return false
  // A request for many rows sends their keys in a body.
  if (READS.includes(request.method) || need === 'feeds:read') return status === 404 && !seesAll(caller.principal.scope)
  return status >= 400 || !isNoted(caller.principal)
}

function callerOf(request: FastifyRequest): Pick<AuditEntry, 'who' | 'kind' | 'key' | 'from'> {
  const caller = callerIfAny(request)
  if (caller !== undefined) return whoIs(caller.principal)
  return { who: 'nobody', kind: 'api', key: null, from: request.ip }
}

/** The route instead of the URL, which may contain anything. */
function routeOf({ method, routeOptions }: FastifyRequest): string {
  return `${method} ${routeOptions.url ?? 'no route'}`
}

const LONGEST_TARGET = 300

function targetOf({ params }: FastifyRequest): string | null {
  const ids = Object.values((params ?? {}) as Readonly<Record<string, string>>)
  return ids.length === 0 ? null : ids.join(' ').slice(0, LONGEST_TARGET)
}

function codeOf(status: number): ErrorCode | null {
  if (status < 400) return null
  return status < 500 ? 'request_invalid' : 'unexpected'
}

function outcomeOf(status: number): AuditEntry['outcome'] {
  if (status < 400) return 'done'
  return status < 500 ? 'refused' : 'failed'
}
