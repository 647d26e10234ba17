import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type TSchema, Type } from 'typebox'
import { StreamError } from '../../errors.ts'
import { getDeadLetter, listDeadLetters } from '../../projections/list-dead-letters.ts'
import type { ApiDeps } from '../dependencies.ts'
import { problems } from '../problems.ts'

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Text = Type.String()
const OptionalText = Nullable(Text)

const summary = {
  id: Text,
  stage: Text,
  connection: OptionalText,
  key: Text,
  topic: Text,
  partition: Type.Integer(),
  offset: Type.Integer({ description: 'Of the original record; -1: it never was one' }),
  appended_at: Text,
  code: Text,
  message: Text,
  field: OptionalText,
  attempts: Type.Integer(),
  first_at: Text,
  last_at: Text,
  task: OptionalText,
  event_id: OptionalText,
  key_bytes: Type.Integer(),
  value_bytes: Type.Integer(),
  kept_in: Type.Object({ topic: Text, partition: Type.Integer(), offset: Text }),
}

const DeadLetters = Type.Object({ items: Type.Array(Type.Object(summary)) })

const DeadLetter = Type.Object({
  ...summary,
  original: Nullable(
    Type.Object(
      {
        key: OptionalText,
        value: OptionalText,
        headers: Type.Array(Type.Object({ key: Text, value: OptionalText })),
      },
      { description: 'Base64; null: too large for the table, kept_in has it' },
    ),
  ),
})

const Query = Type.Object(
  { limit: Type.Integer({ minimum: 1, maximum: 500, default: 50 }) },
  { additionalProperties: false },
)

/** Records that can't go on. */
export function deadLetterRoutes(deps: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const tags = ['dead letters']
    const list = { tags, querystring: Query, response: { 200: DeadLetters, ...problems(400, 401) } }
    app.get('/v1/dead-letters', { schema: list }, async ({ query: { limit } }) => ({
      items: [...(await listDeadLetters(deps.tables, limit))],
    }))
    const one = {
      tags,
      params: Type.Object({ id: Text }),
      response: { 200: DeadLetter, ...problems(401, 404) },
    }
    app.get('/v1/dead-letters/:id', { schema: one }, async ({ params: { id } }) => {
      const row = await getDeadLetter(deps.tables, id)
      if (row === undefined) {
        throw new StreamError('not_found', `id: there is no dead letter "${id}"; /v1/dead-letters lists them`, {
          field: 'id',
        })
      }
      const { original } = row
      return { ...row, original: original === null ? null : { ...original, headers: [...original.headers] } }
    })
  }
}
