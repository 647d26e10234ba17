import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { StreamError } from '../../errors.ts'
import { listPauses } from '../../operations/pauses.ts'
import { principalOf } from '../access.ts'
import type { ApiDeps } from '../dependencies.ts'
import { problems } from '../problems.ts'

const Live = Type.Object({ status: Type.Literal('live') })
const Ready = Type.Object({
  status: Type.Union([Type.Literal('ready'), Type.Literal('unready')]),
  checks: Type.Record(Type.String(), Type.String(), { description: 'ok, or the code of what is wrong' }),
  held_back: Type.Optional(
    Type.Array(Type.String(), {
      description:
        'What stands still for one system or connection, which is down, misses a secret or is paused; the process is ready all the same',
    }),
  ),
})

/** Whether the process runs, and whether what it needs answers. */
export function healthRoutes(deps: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const tags = ['health']
    app.get('/health/live', { schema: { tags, security: [], response: { 200: Live } } }, async () => ({
      status: 'live' as const,
    }))
    const response = { 200: Ready, 503: Ready, ...problems(401) }
    app.get('/health/ready', { schema: { tags, response } }, async (request, reply) => {
      const entries = await Promise.all(
        Object.entries(deps.checks).map(async ([name, check]) => {
          try {
            await check()
            return [name, 'ok'] as const
          } catch (error) {
            request.log.warn({ err: error, check: name }, 'not ready')
            return [name, error instanceof StreamError ? error.code : 'unexpected'] as const
          }
        }),
      )
      const ready = entries.every(([, state]) => state === 'ok')
      const heldBack = [...(deps.heldBack?.() ?? []), ...(await pausesOf(deps, request))]
      const held = heldBack.length === 0 ? {} : { held_back: heldBack }
      const status = ready ? ('ready' as const) : ('unready' as const)
      return await reply.code(ready ? 200 : 503).send({ status, checks: Object.fromEntries(entries), ...held })
    })
  }
}

/** Pauses of the caller's connections. Where the tables do not answer, the checks say so. */
async function pausesOf({ operations }: ApiDeps, request: FastifyRequest): Promise<readonly string[]> {
  const pauses = await listPauses(operations, principalOf(request)).catch(() => [])
  return pauses.map(({ connection, stage, code }) => `${connection} is paused at ${stage}: ${code}`)
}
