import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type TSchema, Type } from 'typebox'
import { listPulls } from '../../operations/pulls/list-pulls.ts'
import { principalOf } from '../access.ts'
import type { ApiDeps } from '../dependencies.ts'
import { answerList } from '../page-cursor.ts'
import { problems } from '../problems.ts'

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Text = Type.String()

/** Progress of a reader of a feed. */
export const PullFields = {
  feed: Text,
  reader: Type.String({ description: 'Id of the key; `shared`: the shared token, or none' }),
  name: Nullable(Type.String({ description: 'Name of the key' })),
  source: Nullable(Type.String({ description: 'It requests only rows of these sources, separated by commas' })),
  at: Type.String({ description: 'Time of the last response' }),
  age: Type.Integer({ description: 'Seconds since then' }),
  rows: Type.Integer({ description: 'Rows in that response' }),
  complete: Type.Boolean({ description: 'That response completed the feed' }),
  from: Nullable(Type.String({ description: 'It does not request earlier changes' })),
  up_to: Nullable(Type.String({ description: 'It has received all changes before this time' })),
  lag: Nullable(Type.Integer({ description: 'Seconds since `up_to`; null: it has not caught up yet' })),
}

const Query = Type.Object(
  {
    connection: Type.String({ minLength: 1, maxLength: 100, description: 'Id of the connection' }),
    key: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 500,
        description: 'A SKU: also returns whether each reader received its current rows',
      }),
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
          description: 'Whether it received the current rows of the key; null: there are none, or no key was given',
        }),
      ),
    }),
  ),
})

/** Readers of a connection's feeds. */
export function pullRoutes({ operations }: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const schema = { tags: ['feeds'], querystring: Query, response: { 200: Pulls, ...problems(400, 401, 404) } }
    app.get('/v1/pulls', { schema }, async (request) => {
      const { connection, key = null } = request.query
      return answerList(await listPulls(operations, principalOf(request), { connection, key }))
    })
  }
}
