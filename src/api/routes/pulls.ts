import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type TSchema, Type } from 'typebox'
import { listPulls } from '../../operations/pulls/list-pulls.ts'
import { principalOf } from '../access.ts'
import type { ApiDeps } from '../dependencies.ts'
import { answerList } from '../page-cursor.ts'
import { problems } from '../problems.ts'

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Text = Type.String()

/** How far a reader of a feed is. */
export const PullFields = {
  feed: Text,
  reader: Type.String({ description: 'Id of the key; `shared`: the token that several share, or none' }),
  name: Nullable(Type.String({ description: 'Of the key' })),
  source: Nullable(Type.String({ description: 'It asks for rows of this source only' })),
  at: Type.String({ description: 'When it was answered last' }),
  age: Type.Integer({ description: 'Seconds since then' }),
  rows: Type.Integer({ description: 'In that answer' }),
  complete: Type.Boolean({ description: 'That answer caught up' }),
  from: Nullable(Type.String({ description: 'What changed before then it did not ask for' })),
  up_to: Nullable(Type.String({ description: 'Everything that changed before then was given' })),
  lag: Nullable(Type.Integer({ description: 'Seconds since then; null: it has not caught up since it began' })),
}

const Query = Type.Object(
  {
    connection: Type.String({ minLength: 1, maxLength: 100, description: 'Id of the connection' }),
    key: Type.Optional(
      Type.String({ minLength: 1, maxLength: 500, description: 'A SKU: whether each was given its rows as they are' }),
    ),
  },
  { additionalProperties: false },
)

const Pulls = Type.Object({
  items: Type.Array(
    Type.Object({
      ...PullFields,
      has: Nullable(
        Type.Enum(['yes', 'no', 'not_asked'], {
          description:
            'Whether it was given the rows of the key as they are; null: there are none, or no key was named',
        }),
      ),
    }),
  ),
})

/** Who pulls the feeds of a connection. */
export function pullRoutes({ operations }: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const schema = { tags: ['feeds'], querystring: Query, response: { 200: Pulls, ...problems(400, 401, 404) } }
    app.get('/v1/pulls', { schema }, async (request) => {
      const { connection, key = null } = request.query
      return answerList(await listPulls(operations, principalOf(request), { connection, key }))
    })
  }
}
