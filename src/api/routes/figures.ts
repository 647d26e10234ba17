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
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: 'Default: the total of all connections that the key has access to',
      }),
    ),
    from: Type.Optional(Type.String({ description: 'ISO 8601; default: a day before `to`; at most two days before' })),
    to: Type.Optional(Type.String({ description: 'ISO 8601, exclusive; default: now' })),
    minutes: Type.Integer({
      minimum: 5,
      maximum: 60,
      multipleOf: 5,
      default: 15,
      description: 'Length of each part',
    }),
  },
  { additionalProperties: false },
)

const Counts = Type.Record(Type.String(), Type.Integer())
const Seconds = Type.Union([Type.Number(), Type.Null()])
const Durations = Type.Object({ count: Type.Integer(), p50: Seconds, p95: Seconds })
const shown = {
  done: Type.Record(Type.String(), Type.Integer(), { description: 'Deliveries and rows served by feeds, by entity' }),
  failed: { ...Counts, description: 'By code' },
  end_to_end: { ...Durations, description: 'Seconds from a change at the source until it was delivered' },
  freshness: { ...Durations, description: 'Seconds from a change at the source until it was read' },
}

const Answer = Type.Object({
  from: Type.String(),
  to: Type.String(),
  parts: Type.Array(Type.Object({ from: Type.String(), ...shown }), {
    description: 'Parts with deliveries or failures',
  }),
  whole: Type.Object(shown),
  complete: Type.Boolean({ description: 'False: the key has access to more connections than are added up; name one' }),
})

/** Deliveries, failures and their durations, by time. */
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
