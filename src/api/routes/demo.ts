import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Demo, DemoScenario } from '../../operations/demo.ts'
import { problems } from '../problems.ts'

const Scenario = Type.Object({
  id: Type.String(),
  broken: Type.Boolean({ description: 'True: the fault is on' }),
  order: Type.Union([Type.Object({ source: Type.String(), number: Type.String() }), Type.Null()], {
    description: 'The last order created for it, if any',
  }),
})
const List = Type.Object({ items: Type.Array(Scenario) })
const Path = Type.Object({ scenario: Type.String({ maxLength: 100 }) })
const Body = Type.Object({ broken: Type.Boolean() }, { additionalProperties: false })
const tags = ['demo']

/** Breaks and repairs the simulated systems. These routes exist only in the demo. */
export function demoRoutes(demo: Demo): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get('/v1/demo', { schema: { tags, response: { 200: List, ...problems(401) } } }, async () => {
      return { items: [...(await demo.list())] }
    })
    const schema = { tags, params: Path, body: Body, response: { 200: Scenario, ...problems(400, 401, 404) } }
    app.put('/v1/demo/:scenario', { schema }, async (request): Promise<DemoScenario> => {
      return await demo.set(request.params.scenario, request.body.broken)
    })
  }
}
