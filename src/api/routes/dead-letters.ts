import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Static, Type } from 'typebox'
import { StreamError } from '../../errors.ts'
import {
  countDeadLetters,
  listDeadLetters,
  previewDeadLetter,
  showDeadLetter,
  toFilter,
} from '../../operations/dead-letters.ts'
import type { Principal } from '../../operations/principal.ts'
import type { LetterChoice } from '../../projections/list-dead-letters.ts'
import { cursorKeyOf, principalOf } from '../access.ts'
import type { ApiDeps } from '../dependencies.ts'
import { answerPage } from '../page-cursor.ts'
import { problems } from '../problems.ts'
import { openSealedText, sealedText } from '../sealed-text.ts'
import { timeParameter } from '../time-parameter.ts'
import { DeadLetter, DeadLetterGroups, DeadLetterList, LetterId, ListQuery, Preview } from './dead-letter-schemas.ts'

const tags = ['dead letters']

/** Records that failed: which there are, what they hold, and what a retry would come to. */
export function deadLetterRoutes({ operations, ...deps }: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const either = Type.Union([DeadLetterList, DeadLetterGroups])
    const list = { tags, querystring: ListQuery, response: { 200: either, ...problems(400, 401) } }
    app.get('/v1/dead-letters', { schema: list }, async (request) => {
      const by = principalOf(request)
      const cursorKey = cursorKeyOf(request, deps.cursorKey)
      if (request.query.group !== true) return await answerDeadLetters({ operations, cursorKey }, by, request.query)
      const { groups, complete } = await countDeadLetters(operations, by, choiceOf(request.query))
      return { groups: [...groups], complete }
    })
    const one = { tags, params: LetterId, response: { 200: DeadLetter, ...problems(401, 404) } }
    app.get('/v1/dead-letters/:id', { schema: one }, async (request) => {
      const shown = await showDeadLetter(operations, principalOf(request), request.params.id)
      const { original, history } = shown
      return { ...shown, original: { ...original, headers: [...original.headers] }, history: [...history] }
    })
    const preview = { tags, params: LetterId, response: { 200: Preview, ...problems(401, 404) } }
    app.get('/v1/dead-letters/:id/preview', { schema: preview }, async (request) => {
      const shown = await previewDeadLetter(operations, principalOf(request), request.params.id)
      const { errors, decisions, outputs, ...others } = shown
      return { ...others, errors: [...errors], decisions: [...decisions], outputs: [...outputs] }
    })
  }
}

function choiceOf(asked: Omit<Parameters<typeof toFilter>[0], 'from' | 'to'> & { from?: string; to?: string }) {
  return toFilter({ ...asked, from: timeParameter('from', asked.from), to: timeParameter('to', asked.to) })
}

interface DeadLetterCursor {
  readonly k: 'dead-letters'
  readonly filter: LetterChoice
  readonly after: string
}

async function answerDeadLetters(
  { operations, cursorKey }: Pick<ApiDeps, 'operations' | 'cursorKey'>,
  by: Principal,
  query: Static<typeof ListQuery>,
) {
  const choice = choiceOf(query)
  const after = query.cursor === undefined ? null : placeOf(cursorKey, query.cursor, choice)
  const page = await listDeadLetters(operations, by, { choice, limit: query.limit, after })
  const cursorOf = (next: string) => {
    const cursor: DeadLetterCursor = { k: 'dead-letters', filter: choice, after: next }
    return sealedText(cursorKey, cursor)
  }
  return answerPage(page, (row) => row, cursorOf)
}

function placeOf(key: string, text: string, choice: LetterChoice): string {
  const cursor = openSealedText(key, text) as DeadLetterCursor | undefined
  if (cursor?.k === 'dead-letters' && JSON.stringify(cursor.filter) === JSON.stringify(choice)) return cursor.after
  const message = 'cursor: it was not given for these filters; keep them as they were, or begin without a cursor'
  throw new StreamError('cursor_invalid', message, { field: 'cursor' })
}
