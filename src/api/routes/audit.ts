import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { auditOutcomes, listAudit } from '../../operations/audit.ts'
import { cursorKeyOf, principalOf } from '../access.ts'
import type { ApiDeps } from '../dependencies.ts'
import { answerPage, pageCursor, placeOfCursor } from '../page-cursor.ts'
import { problems } from '../problems.ts'
import { isoParameter } from '../time-parameter.ts'

const Text = Type.String()
const MaybeText = Type.Union([Text, Type.Null()])

const Entry = Type.Object({
  at: Text,
  who: Text,
  kind: Type.String({ description: 'Kind of caller: api, cli or webhook' }),
  key: Type.Union([Text, Type.Null()], { description: "Id of the caller's own key; null: none" }),
  from: Type.Union([Text, Type.Null()], { description: 'Address; null: this machine' }),
  what: Type.String({ description: 'connection.put, persons.read, …; the route of a refused or failed request' }),
  target: Type.Union([Text, Type.Null()], { description: 'Ids of the changed objects' }),
  outcome: Type.Enum([...auditOutcomes]),
  code: MaybeText,
  times: Type.Integer({ description: 'Number of equal events that the entry counts' }),
  before: Type.Unknown({ description: 'The fields that changed; null: it did not exist' }),
  after: Type.Unknown({ description: 'Null: it was removed' }),
  shortened: Type.Boolean({ description: 'Before and after were too large to store' }),
})

const Entries = Type.Object({
  items: Type.Array(Entry),
  cursor: Type.Union([Type.String({ description: 'Cursor of the next page' }), Type.Null()]),
})

const Query = Type.Object(
  {
    who: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    what: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: 'Or its beginning: key finds key.create' }),
    ),
    outcome: Type.Optional(Type.Enum([...auditOutcomes])),
    since: Type.Optional(Type.String({ description: 'ISO 8601, inclusive' })),
    until: Type.Optional(Type.String({ description: 'ISO 8601, exclusive' })),
    limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
    cursor: Type.Optional(Type.String({ minLength: 1 })),
  },
  { additionalProperties: false },
)

/** Changes, refusals, and reads of personal data. */
export function auditRoutes({ operations, ...deps }: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const schema = { tags: ['audit'], querystring: Query, response: { 200: Entries, ...problems(400, 401) } }
    app.get('/v1/audit', { schema }, async (request) => {
      const { who = null, what = null, outcome = null, since, until, limit, cursor } = request.query
      const cursorKey = cursorKeyOf(request, deps.cursorKey)
      const filter = { who, what, since: isoParameter('since', since), until: isoParameter('until', until) }
      // Without an outcome, cursors of earlier releases stay valid.
      const ofCursor = outcome === null ? filter : { ...filter, outcome }
      const after = placeOfCursor(cursorKey, 'audit', ofCursor, cursor)
      const wanted = { filter: { ...filter, outcome }, limit, after }
      const page = await listAudit(operations, principalOf(request), wanted)
      return answerPage(
        page,
        (entry) => ({ ...entry }),
        (next) => pageCursor(cursorKey, 'audit', ofCursor, next),
      )
    })
  }
}
