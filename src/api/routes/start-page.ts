import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Feed } from '../../projections/projection.ts'
import { problems } from '../problems.ts'

const StartPage = Type.Object({ name: Type.String(), paths: Type.Record(Type.String(), Type.String()) })

const paths = {
  '/v1/status': 'status of everything, by connection',
  '/v1/caller': 'the caller and their permissions',
  '/v1/tasks': 'runs of reads and the results of their entities',
  '/v1/reads': 'schedules, cut dates and windows',
  '/v1/systems': 'the configured systems',
  '/v1/connections': 'the configured connections',
  '/v1/configuration/changes': 'who changed what, and when',
  '/v1/dead-letters': 'records that failed, with the reason',
  '/v1/frontend/{connection}/{entity}': 'entities staged for the shop',
  '/v1/backend/{connection}/{entity}': 'entities staged for the ERP',
  '/v1/pauses': 'paused and held connections, with the reason',
  '/v1/parked': 'waiting records',
  '/v1/replays': 'replays of stored events',
  '/v1/rebuilds': 'feed tables rebuilt from their topics',
  '/v1/audit': 'who did what, and who was refused',
  '/v1/keys': 'keys of the callers of this API',
  '/health/live': 'the process runs',
  '/health/ready': 'whether the services it needs answer, and which systems do not',
  '/docs': 'this API, to read and try',
  '/openapi.json': 'this API, for programs',
}

/** The list of paths. */
export function startPage(feeds: readonly Feed[]): FastifyPluginAsyncTypebox {
  const served = feeds.map(({ entity, title }) => [`/v1/feeds/${entity}`, `${title}; needs ?connection=`])
  return async (app) => {
    const schema = { response: { 200: StartPage, ...problems(401) } }
    app.get('/v1', { schema }, async () => ({ name: 'waldstream', paths: { ...Object.fromEntries(served), ...paths } }))
  }
}
