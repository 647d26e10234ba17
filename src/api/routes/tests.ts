import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type TSchema, Type } from 'typebox'
import { testRecipient } from '../../operations/notifications/test-recipient.ts'
import { type TestOutcome, testConnection, testSystem } from '../../operations/test-connection.ts'
import { principalOf } from '../access.ts'
import type { ApiDeps } from '../dependencies.ts'
import { problems } from '../problems.ts'
import { DocumentId } from './configuration-schemas.ts'

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])

export const Tested = Type.Object({
  at: Type.String(),
  findings: Type.Array(
    Type.Object({
      check: Type.String({ description: 'What was checked: system ID, clock ID, connection ID' }),
      state: Type.Enum(['ok', 'warn', 'fail']),
      message: Type.String({ description: 'The result' }),
      fix: Nullable(Type.String({ description: 'How to fix it; null: no action is needed, or the message names it' })),
    }),
  ),
  failed: Type.Integer({ description: 'Number of failures' }),
})

export const testedAnswer = ({ findings, ...outcome }: TestOutcome) => ({ ...outcome, findings: [...findings] })

const SentTest = Type.Object({
  recipient: Type.String(),
  id: Type.String({ description: 'Id of the notification: the webhook-id, and part of the Message-ID' }),
  failure: Nullable(
    Type.Object(
      { code: Type.String(), message: Type.String() },
      { description: "Null: the recipient's server accepted it" },
    ),
  ),
})

/**
 * Tests whether systems can be reached and accept their credentials, with a few calls that change nothing, and whether
 * a notification reaches its recipient.
 */
export function testRoutes({ operations }: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const schema = { tags: ['configuration'], params: DocumentId, response: { 200: Tested, ...problems(401, 404) } }
    app.post('/v1/systems/:id/test', { schema }, async (request) =>
      testedAnswer(await testSystem(operations, principalOf(request), request.params.id)),
    )
    app.post('/v1/connections/:id/test', { schema }, async (request) =>
      testedAnswer(await testConnection(operations, principalOf(request), request.params.id)),
    )
    const ofRecipient = { ...schema, response: { 200: SentTest, ...problems(401, 404) } }
    app.post(
      '/v1/recipients/:id/test',
      { schema: ofRecipient },
      async (request) => await testRecipient(operations, principalOf(request), request.params.id),
    )
  }
}
