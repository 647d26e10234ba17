import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Static } from 'typebox'
import type { ManyDone as Done } from '../../control/dead-letters/create-dead-letters.ts'
import { toChangeFilter } from '../../projections/letter-filter.ts'
import type { ApiDeps } from '../dependencies.ts'
import { problems } from '../problems.ts'
import { timeParameter } from '../time-parameter.ts'
import {
  DiscardBody,
  Discarded,
  DiscardManyBody,
  LetterId,
  ManyDone,
  Retried,
  RetryBody,
  RetryManyBody,
} from './dead-letter-schemas.ts'

const tags = ['dead letters']

/** What is done about records that can't go on: retried, or discarded. */
export function deadLetterActionRoutes({ deadLetters }: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    // Everything in a body may be left out, so the body may be too.
    app.addHook('preValidation', async (request) => {
      request.body ??= {}
    })
    const refused = problems(400, 401, 404, 409)
    const retry = { tags, params: LetterId, body: RetryBody, response: { 200: Retried, ...refused } }
    app.post('/v1/dead-letters/:id/retry', { schema: retry }, async ({ params, body }) => {
      const { by, force, reason = null } = body
      return await deadLetters.retry(params.id, { by, force, reason })
    })
    const retryMany = { tags, body: RetryManyBody, response: { 200: ManyDone, ...problems(400, 401) } }
    app.post('/v1/dead-letters/retry', { schema: retryMany }, async ({ body }) => {
      const { by, force, reason = null, rate } = body
      return answer(body.dryRun, await deadLetters.retryMany(manyOf(body), { by, force, reason, rate }))
    })
    const discard = { tags, params: LetterId, body: DiscardBody, response: { 200: Discarded, ...refused } }
    app.post('/v1/dead-letters/:id/discard', { schema: discard }, async ({ params, body }) => {
      await deadLetters.discard(params.id, body)
      return { id: params.id }
    })
    const discardMany = { tags, body: DiscardManyBody, response: { 200: ManyDone, ...problems(400, 401) } }
    app.post('/v1/dead-letters/discard', { schema: discardMany }, async ({ body }) =>
      answer(body.dryRun, await deadLetters.discardMany(manyOf(body), { by: body.by, reason: body.reason })),
    )
  }
}

function manyOf(body: Omit<Static<typeof DiscardManyBody>, 'by' | 'reason'>) {
  const times = { from: timeParameter('from', body.from), to: timeParameter('to', body.to) }
  const { limit, dryRun, all = false } = body
  return { filter: toChangeFilter({ ...body, ...times }, all), limit, dryRun }
}

function answer(dry_run: boolean, { done, skipped, more }: Done) {
  return { dry_run, done: [...done], skipped: [...skipped], more }
}
