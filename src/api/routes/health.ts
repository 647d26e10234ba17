import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { StreamError } from '../../errors.ts'
import { type KeptPauses, keepStanding, PAUSES_KEPT_MS, recentPauses } from '../../operations/pauses.ts'
import type { Principal } from '../../operations/principal.ts'
import { seesAll } from '../../operations/scope.ts'
import { callerIfAny } from '../access.ts'
import type { ApiDeps } from '../dependencies.ts'
import { problems } from '../problems.ts'

const Live = Type.Object({ status: Type.Literal('live') })
const Ready = Type.Object({
  status: Type.Union([Type.Literal('ready'), Type.Literal('unready')]),
  checks: Type.Record(Type.String(), Type.String(), { description: 'ok, or the error code' }),
  held_back: Type.Optional(
    Type.Array(Type.String(), {
      description:
        'Stages whose records wait, because a system is down, a secret is missing or a connection is paused; the process is still ready',
    }),
  ),
})

/** Maximum number of named stages and pauses; the lists of the API have all. */
const MOST_NAMED = 100

/** Liveness and readiness of the process. */
export function healthRoutes(deps: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const tags = ['health']
    app.get('/health/live', { schema: { tags, security: [], response: { 200: Live } } }, async () => ({
      status: 'live' as const,
    }))
    const response = { 200: Ready, 503: Ready, ...problems(401) }
    const { tables, clock } = deps.operations
    const kept = keepStanding(tables, clock, PAUSES_KEPT_MS)
    const answer = async (request: FastifyRequest) => {
      const checks = await checked(deps, request)
      const ready = Object.values(checks).every((state) => state === 'ok')
      const heldBack = await heldBackFor(deps, kept, request)
      const held = heldBack.length === 0 ? {} : { held_back: heldBack }
      return { status: ready ? ('ready' as const) : ('unready' as const), checks, ...held }
    }
    app.get('/health/ready', {
      schema: { tags, response },
      // Keys are in the tables: if these do not answer, no caller can sign in, and the probe must get "unready".
      async errorHandler(error, request, reply) {
        if (!isOfTables(error)) return app.errorHandler(error, request, reply)
        return await reply.code(503).send({ ...(await answer(request)), status: 'unready' })
      },
      async handler(request, reply) {
        const state = await answer(request)
        return await reply.code(state.status === 'ready' ? 200 : 503).send(state)
      },
    })
  }
}

/** The result of each check: `ok`, or the error code. */
async function checked({ checks }: ApiDeps, request: FastifyRequest): Promise<Record<string, string>> {
  const entries = Object.entries(checks).map(async ([name, check]) => {
    try {
      await check()
      return [name, 'ok'] as const
    } catch (error) {
      request.log.warn({ err: error, check: name }, 'not ready')
      return [name, error instanceof StreamError ? error.code : 'unexpected'] as const
    }
  })
  return Object.fromEntries(await Promise.all(entries))
}

const OF_TABLES: readonly string[] = ['table_unavailable', 'credentials_refused', 'permission_missing']

function isOfTables(error: unknown): boolean {
  return error instanceof StreamError && OF_TABLES.includes(error.code)
}

/** Only for an admitted caller and within their scope, because it names systems and connections. */
async function heldBackFor(deps: ApiDeps, kept: KeptPauses, request: FastifyRequest): Promise<string[]> {
  const principal = callerIfAny(request)?.principal
  if (principal === undefined) return []
  const ofProcess = seesAll(principal.scope) ? (deps.heldBack?.() ?? []) : []
  const all = [...ofProcess, ...(await pausesOf(principal, kept))]
  const more = all.length - MOST_NAMED
  return more > 0 ? [...all.slice(0, MOST_NAMED), `and ${more} more; /v1/pauses lists pauses`] : all
}

/** Pauses of the caller's connections; empty if the tables do not answer, which the checks report. */
async function pausesOf(principal: Principal, kept: KeptPauses): Promise<readonly string[]> {
  const rows = await recentPauses(kept, principal).catch(() => [])
  return rows.map(({ connection, stage, code }) => `${connection} is paused at ${stage}: ${code}`)
}
