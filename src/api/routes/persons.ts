import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { forget, wantedOf } from '../../operations/persons.ts'
import { principalOf } from '../access.ts'
import type { ApiDeps } from '../dependencies.ts'
import { problems } from '../problems.ts'

const Count = Type.Integer({ minimum: 0 })

const ForgetBody = Type.Object(
  {
    person: Type.String({
      minLength: 3,
      maxLength: 320,
      description: 'E-mail address, or the shop and its customer id: `shop:77`',
    }),
    confirm: Type.Optional(
      Type.String({ maxLength: 320, description: '`person` repeated, because this cannot be undone' }),
    ),
    dryRun: Type.Boolean({ default: false, description: 'Report the stored data without forgetting it' }),
  },
  { additionalProperties: false },
)

const ForgetProof = Type.Object({
  dry_run: Type.Boolean(),
  at: Type.String({ description: 'Orders placed up to then are forgotten' }),
  keys_destroyed: Count,
  topics: Type.Array(
    Type.Object({
      topic: Type.String(),
      records: Count,
      before: Type.Integer({ description: 'Records with readable personal data before' }),
      after: Count,
      in_clear: Type.Integer({
        description: 'Records written in clear text, which stay in the topic until it is cleaned',
      }),
    }),
  ),
  tables: Type.Array(Type.Object({ table: Type.String(), rows: Count, before: Count, after: Count })),
  complete: Type.Boolean({ description: 'No readable data of the person is left' }),
  others_within_ms: Type.Integer({ description: 'How long other processes may still cache a key' }),
})

/** Forgets persons. */
export function personRoutes({ operations }: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const schema = { tags: ['persons'], body: ForgetBody, response: { 200: ForgetProof, ...problems(400, 401) } }
    app.post('/v1/persons/forget', { schema }, async (request) => {
      const { person, confirm = null, dryRun } = request.body
      const wanted = wantedOf(person)
      const { topics, tables, ...proof } = await forget(operations, principalOf(request), { wanted, confirm, dryRun })
      return { ...proof, topics: [...topics], tables: [...tables] }
    })
  }
}
