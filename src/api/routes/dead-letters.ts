import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Static, Type } from 'typebox'
import { StreamError } from '../../errors.ts'
import { type DeadLetterRow, summaryOf } from '../../projections/dead-letter-row.ts'
import { toFilter } from '../../projections/letter-filter.ts'
import {
  getDeadLetter,
  groupDeadLetters,
  type LetterFilter,
  listDeadLetters,
  outcomesOf,
} from '../../projections/list-dead-letters.ts'
import type { ApiDeps } from '../dependencies.ts'
import { problems } from '../problems.ts'
import { openSignedText, signedText } from '../signed-text.ts'
import { timeParameter } from '../time-parameter.ts'
import { DeadLetter, DeadLetterGroups, DeadLetterList, LetterId, ListQuery, Preview } from './dead-letter-schemas.ts'

const tags = ['dead letters']

/** Records that can't go on: which there are, what they hold, and what a retry would come to. */
export function deadLetterRoutes(deps: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const either = Type.Union([DeadLetterList, DeadLetterGroups])
    const list = { tags, querystring: ListQuery, response: { 200: either, ...problems(400, 401) } }
    app.get('/v1/dead-letters', { schema: list }, async ({ query }) => {
      if (query.group !== true) return await answerList(deps, query)
      const { groups, complete } = await groupDeadLetters(deps.tables, filterOf(query))
      return { groups: [...groups], complete }
    })
    const one = { tags, params: LetterId, response: { 200: DeadLetter, ...problems(401, 404) } }
    app.get('/v1/dead-letters/:id', { schema: one }, async ({ params }) => {
      const row = await rowOf(deps, params.id)
      return await answerOne(deps, row)
    })
    const preview = { tags, params: LetterId, response: { 200: Preview, ...problems(401, 404) } }
    app.get('/v1/dead-letters/:id/preview', { schema: preview }, async ({ params }) => {
      const row = await rowOf(deps, params.id)
      const { original } = await deps.deadLetters.open(row)
      const { errors, decisions, outputs, ...others } = await deps.previewRetry(row.stage, original)
      return { ...others, errors: [...errors], decisions: [...decisions], outputs: [...outputs] }
    })
  }
}

/** The filter of a query or body. */
function filterOf(asked: Omit<Parameters<typeof toFilter>[0], 'from' | 'to'> & { from?: string; to?: string }) {
  return toFilter({ ...asked, from: timeParameter('from', asked.from), to: timeParameter('to', asked.to) })
}

async function rowOf(deps: ApiDeps, id: string): Promise<DeadLetterRow> {
  const row = await getDeadLetter(deps.tables, id)
  if (row !== undefined) return row
  const message = `id: there is no dead letter "${id}"; /v1/dead-letters lists them`
  throw new StreamError('not_found', message, { field: 'id' })
}

async function answerOne(deps: ApiDeps, row: DeadLetterRow) {
  const { original, event, undecodable } = await deps.deadLetters.open(row)
  const outcome = (await outcomesOf(deps.tables, [row])).get(row.id) ?? null
  const base64 = (bytes: Buffer | null) => bytes?.toString('base64') ?? null
  return {
    ...summaryOf(row),
    outcome,
    event,
    undecodable,
    original: {
      key: base64(original.key),
      value: base64(original.value),
      headers: original.headers.map(({ key, value }) => ({ key, value: base64(value) })),
    },
    history: [...row.history],
  }
}

interface LetterCursor {
  readonly k: 'dead-letters'
  readonly filter: LetterFilter
  readonly after: string
}

async function answerList(deps: ApiDeps, query: Static<typeof ListQuery>) {
  const filter = filterOf(query)
  const after = query.cursor === undefined ? null : placeOf(deps.cursorKey, query.cursor, filter)
  const { rows, next } = await listDeadLetters(deps.tables, filter, query.limit, after)
  const outcomes = await outcomesOf(deps.tables, rows)
  const cursor: LetterCursor | null = next === null ? null : { k: 'dead-letters', filter, after: next }
  return {
    items: rows.map((row) => ({ ...row, outcome: outcomes.get(row.id) ?? null })),
    cursor: cursor === null ? null : signedText(deps.cursorKey, cursor),
  }
}

function placeOf(key: string, text: string, filter: LetterFilter): string {
  const cursor = openSignedText(key, text) as LetterCursor | undefined
  if (cursor?.k === 'dead-letters' && JSON.stringify(cursor.filter) === JSON.stringify(filter)) return cursor.after
  const message = 'cursor: it was not given for these filters; keep them as they were, or begin without a cursor'
  throw new StreamError('cursor_invalid', message, { field: 'cursor' })
}
