import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { listPauses, resume } from '../../control/pauses.ts'
import { StreamError } from '../../errors.ts'
import { listParked } from '../../platform/runtime/list-parked.ts'
import type { ApiDeps } from '../dependencies.ts'
import { problems } from '../problems.ts'
import { openSignedText, signedText } from '../signed-text.ts'
import { ParkedList, ParkedQuery, PauseList, PausePath, Resumed } from './staged-schemas.ts'

const tags = ['pauses']

/** Connections that are held because most of their records failed, and every record that waits. */
export function pauseRoutes(deps: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get('/v1/pauses', { schema: { tags, response: { 200: PauseList, ...problems(401) } } }, async () => {
      const pauses = await listPauses(deps.tables)
      return { items: pauses.map((row) => ({ ...row, probe_at: new Date(row.probe_at).toISOString() })) }
    })
    const one = { tags, params: PausePath, response: { 200: Resumed, ...problems(401, 404) } }
    app.post('/v1/pauses/:stage/:connection/resume', { schema: one }, async ({ params: { stage, connection } }) => {
      if (await resume(deps.tables, stage, connection)) return { stage, connection }
      const message = `connection: ${connection} is not paused at ${stage}; /v1/pauses lists what is`
      throw new StreamError('not_found', message, { field: 'connection' })
    })
    const parked = { tags, querystring: ParkedQuery, response: { 200: ParkedList, ...problems(400, 401, 404) } }
    app.get('/v1/parked', { schema: parked }, async ({ query: { stage = null, connection = null, limit, cursor } }) => {
      const stages = await stagesOf(deps, stage)
      const filter = { stages, partitions: deps.shards, connection }
      const after = cursor === undefined ? null : placeOf(deps.cursorKey, cursor, { stage, connection })
      const { rows, next } = await listParked(deps.tables, filter, limit, after)
      const following: ParkedCursor | null = next === null ? null : { k: 'parked', stage, connection, after: next }
      return { items: [...rows], cursor: following === null ? null : signedText(deps.cursorKey, following) }
    })
  }
}

interface ParkedCursor {
  readonly k: 'parked'
  readonly stage: string | null
  readonly connection: string | null
  readonly after: string
}

async function stagesOf(deps: ApiDeps, stage: string | null): Promise<readonly string[]> {
  const stages = await deps.parkingStages()
  if (stage === null) return stages
  if (stages.includes(stage)) return [stage]
  const message = `stage: nothing is parked at "${stage}"; there are: ${stages.join(', ')}`
  throw new StreamError('not_found', message, { field: 'stage' })
}

function placeOf(key: string, text: string, filter: Pick<ParkedCursor, 'stage' | 'connection'>): string {
  const cursor = openSignedText(key, text) as ParkedCursor | undefined
  const fields = ['stage', 'connection'] as const
  const other = cursor?.k === 'parked' ? fields.find((name) => cursor[name] !== filter[name]) : 'cursor'
  if (cursor !== undefined && other === undefined) return cursor.after
  const field = other ?? 'cursor'
  const message = `${field}: the cursor was not given for this; keep the parameters, or begin without a cursor`
  throw new StreamError('cursor_invalid', message, { field })
}
