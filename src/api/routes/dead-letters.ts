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
import { moneyAtStake } from '../../operations/money-at-stake.ts'
import type { Principal } from '../../operations/principal.ts'
import type { LetterChoice } from '../../projections/list-dead-letters.ts'
import { cursorKeyOf, principalOf } from '../access.ts'
import type { ApiDeps } from '../dependencies.ts'
import { answerPage } from '../page-cursor.ts'
import { problems } from '../problems.ts'
import { openSealedText, sealedText } from '../sealed-text.ts'
import { timeParameter } from '../time-parameter.ts'
import {
  DeadLetter,
  DeadLetterGroups,
  DeadLetterList,
  LetterId,
  ListQuery,
  Money,
  MoneyQuery,
  Preview,
  PreviewQuery,
} from './dead-letter-schemas.ts'

const tags = ['dead letters']

/** Lists and shows dead letters, and previews their retries. */
export function deadLetterRoutes({ operations, ...deps }: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const either = Type.Union([DeadLetterList, DeadLetterGroups])
    const list = { tags, querystring: ListQuery, response: { 200: either, ...problems(400, 401) } }
    app.get('/v1/dead-letters', { schema: list }, async (request) => {
      const by = principalOf(request)
      const cursorKey = cursorKeyOf(request, deps.cursorKey)
      if (request.query.group !== true || request.query.ids !== undefined)
        return await answerDeadLetters({ operations, cursorKey }, by, request.query)
      const { groups, complete } = await countDeadLetters(operations, by, choiceOf(request.query))
      return { groups: [...groups], complete }
    })
    const money = { tags, querystring: MoneyQuery, response: { 200: Money, ...problems(400, 401) } }
    app.get('/v1/dead-letters/money', { schema: money }, async (request) => {
      const groups = await moneyAtStake(operations, principalOf(request), choiceOf(request.query))
      return { groups: groups.map((group) => ({ ...group, amounts: [...group.amounts] })) }
    })
    const one = { tags, params: LetterId, response: { 200: DeadLetter, ...problems(401, 404) } }
    app.get('/v1/dead-letters/:id', { schema: one }, async (request) => {
      const shown = await showDeadLetter(operations, principalOf(request), request.params.id)
      const { original, history } = shown
      return { ...shown, original: { ...original, headers: [...original.headers] }, history: [...history] }
    })
    const preview = {
      tags,
      params: LetterId,
      querystring: PreviewQuery,
      response: { 200: Preview, ...problems(400, 401, 404) },
    }
    app.get('/v1/dead-letters/:id/preview', { schema: preview }, async (request) => {
      const shown = await previewDeadLetter(operations, principalOf(request), { ...request.params, ...request.query })
      const { errors, decisions, outputs, changes, ...others } = shown
      const lists = { errors: [...errors], decisions: [...decisions], outputs: [...outputs] }
      return { ...others, ...lists, changes: changes === null ? null : [...changes] }
    })
  }
}

interface AskedChoice extends Omit<Parameters<typeof toFilter>[0], 'from' | 'to' | 'ids'> {
  readonly from?: string
  readonly to?: string
  readonly ids?: string
}

function choiceOf({ ids, ...asked }: AskedChoice): LetterChoice {
  const times = { from: timeParameter('from', asked.from), to: timeParameter('to', asked.to) }
  return toFilter({ ...asked, ...times, ids: ids === undefined ? undefined : idsOf(ids) })
}

const MOST_IDS = 100

function idsOf(text: string): readonly string[] {
  const ids = text.split(',').filter((id) => id !== '')
  if (ids.length > 0 && ids.length <= MOST_IDS) return ids
  const message = `ids: ${ids.length} ids; give 1 to ${MOST_IDS}, separated by commas`
  throw new StreamError('request_invalid', message, { field: 'ids' })
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
  const message = 'cursor: belongs to other filters; keep the filters, or begin without a cursor'
  throw new StreamError('cursor_invalid', message, { field: 'cursor' })
}
