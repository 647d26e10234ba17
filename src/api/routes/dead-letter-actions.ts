import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Static } from 'typebox'
import type { ManyDone as Done } from '../../control/dead-letters/create-dead-letters.ts'
import {
  discardDeadLetter,
  discardDeadLetters,
  retryDeadLetter,
  retryDeadLetters,
  toChangeFilter,
} from '../../operations/dead-letters.ts'
import { principalOf } from '../access.ts'
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

/** Retries and discards dead letters. */
export function deadLetterActionRoutes({ operations }: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const refused = problems(400, 401, 404, 409)
    const retry = { tags, params: LetterId, body: RetryBody, response: { 200: Retried, ...refused } }
    app.post('/v1/dead-letters/:id/retry', { schema: retry }, async (request) => {
      const { by, force, reason = null, remap } = request.body
      const { id } = request.params
      return await retryDeadLetter(operations, principalOf(request, by), { id, force, reason, remap })
    })
    const retryMany = { tags, body: RetryManyBody, response: { 200: ManyDone, ...problems(400, 401) } }
    app.post('/v1/dead-letters/retry', { schema: retryMany }, async (request) => {
      const { by, force, reason = null, remap, rate, dryRun } = request.body
      const { ids } = request.body
      const { choice, limit } = manyOf(request.body, ids)
      const wanted = { choice, limit: ids?.length ?? limit, dryRun, force, reason, remap, rate }
      return answer(dryRun, await retryDeadLetters(operations, principalOf(request, by), wanted))
    })
    const discard = { tags, params: LetterId, body: DiscardBody, response: { 200: Discarded, ...refused } }
    app.post('/v1/dead-letters/:id/discard', { schema: discard }, async (request) => {
      const { by, reason, confirm } = request.body
      const { id } = request.params
      await discardDeadLetter(operations, principalOf(request, by), { id, reason, confirm })
      return { id }
    })
    const discardMany = { tags, body: DiscardManyBody, response: { 200: ManyDone, ...problems(400, 401, 409) } }
    app.post('/v1/dead-letters/discard', { schema: discardMany }, async (request) => {
      const { by, reason, dryRun, confirm } = request.body
      const wanted = { ...manyOf(request.body), reason, confirm }
      return answer(dryRun, await discardDeadLetters(operations, principalOf(request, by), wanted))
    })
  }
}

function manyOf(body: Omit<Static<typeof DiscardManyBody>, 'by' | 'reason' | 'confirm'>, ids?: readonly string[]) {
  const times = { from: timeParameter('from', body.from), to: timeParameter('to', body.to) }
  const { limit, dryRun, all = false } = body
  return { choice: toChangeFilter({ ...body, ...times, ids }, all), limit, dryRun }
}

function answer(dry_run: boolean, { done, skipped, more }: Done) {
  return { dry_run, done: [...done], skipped: [...skipped], more }
}
