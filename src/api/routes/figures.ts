import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { figures } from '../../operations/figures.ts'
import { principalOf } from '../access.ts'
import type { ApiDeps } from '../dependencies.ts'
import { problems } from '../problems.ts'
import { timeParameter } from '../time-parameter.ts'

const Query = Type.Object(
  {
    connection: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: 'Without it: all that the key reaches, added up' }),
    ),
    from: Type.Optional(Type.String({ description: 'ISO 8601; a day before `to` by default, two days at most' })),
    to: Type.Optional(Type.String({ description: 'ISO 8601, exclusive; now by default' })),
    minutes: Type.Integer({
      minimum: 5,
      maximum: 60,
      multipleOf: 5,
      default: 15,
      description: 'How long each part is',
    }),
  },
  { additionalProperties: false },
)

const Counts = Type.Record(Type.String(), Type.Integer())
const Seconds = Type.Union([Type.Number(), Type.Null()])
const Durations = Type.Object({ count: Type.Integer(), p50: Seconds, p95: Seconds })
const shown = {
  done: Type.Record(Type.String(), Type.Integer(), { description: 'Delivered, or served by a feed, by entity' }),
  failed: { ...Counts, description: 'By code' },
  end_to_end: { ...Durations, description: 'Seconds from a change at the source until it was delivered' },
  freshness: { ...Durations, description: 'Seconds from a change at the source until it was read' },
}

const Answer = Type.Object({
  from: Type.String(),
  to: Type.String(),
  parts: Type.Array(Type.Object({ from: Type.String(), ...shown }), {
    description: 'Those in which something was delivered or failed',
  }),
  whole: Type.Object(shown),
  complete: Type.Boolean({ description: 'False: more connections are reached than are added up; name one' }),
})

/** What was delivered and what failed, how fast, by time. */
export function figureRoutes({ operations }: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const schema = { tags: ['status'], querystring: Query, response: { 200: Answer, ...problems(400, 401, 404) } }
    app.get('/v1/figures', { schema }, async (request) => {
      const { connection = null, from, to, minutes } = request.query
      const times = { from: timeParameter('from', from), to: timeParameter('to', to) }
      const found = await figures(operations, principalOf(request), { connection, ...times, minutes })
      return { ...found, parts: [...found.parts] }
    })
  }
}
