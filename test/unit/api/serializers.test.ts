import Fastify from 'fastify'
import { Type } from 'typebox'
import { describe, expect, it } from 'vitest'
import { Problem, problems } from '../../../src/api/problems.ts'
import { serializeAnswers } from '../../../src/api/serializers.ts'

/** An app with a route whose answers have this schema. */
function appWith(schema: object) {
  const app = Fastify()
  serializeAnswers(app)
  app.addSchema(Problem)
  app.get('/', { schema: { response: { 200: schema, ...problems(503) } } }, async (request, reply) => {
    const { hidden, ...rest } = { hidden: 'secret', shown: 1 }
    if (request.headers['x-fail'] === undefined) return { ...rest, hidden }
    const problem = { type: 'about:blank', title: 'Unavailable', status: 503, code: 'c', detail: 'd', hidden }
    return await reply.code(503).type('application/problem+json').send(problem)
  })
  return app
}

describe('answers are serialized', () => {
  const schema = Type.Object({ shown: Type.Integer() })

  it('by their own schema, in every app that has it', async () => {
    for (const app of [appWith(schema), appWith(schema)]) {
      expect((await app.inject('/')).body).toBe('{"shown":1}')
      await app.close()
    }
    const other = appWith(Type.Object({ hidden: Type.String() }))
    expect((await other.inject('/')).body).toBe('{"hidden":"secret"}')
    await other.close()
  })

  it('as problems where they are problems', async () => {
    const app = appWith(schema)
    const { body } = await app.inject({ url: '/', headers: { 'x-fail': '1' } })
    expect(JSON.parse(body)).toEqual({ type: 'about:blank', title: 'Unavailable', status: 503, code: 'c', detail: 'd' })
    await app.close()
  })
})
