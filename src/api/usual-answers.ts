import type { FastifyInstance, FastifySchema } from 'fastify'
import { needOf } from './access.ts'
import { problems } from './problems.ts'

/** What any request may be answered with, whatever it asks for: its form, its origin, its number, or what is down. */
const ofAll = problems(400, 403, 408, 414, 421, 429, 431, 500, 503)
const ofBodies = problems(413, 415)

/** Describes what every route may answer beside its own; what a route describes itself stays. */
export function describeUsualAnswers(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    const { schema, method, url } = route
    if (schema === undefined || schema.hide === true) return
    const first = [method].flat()[0] ?? 'GET'
    const needsCaller = needOf(first, url) !== 'open'
    const usual = {
      ...ofAll,
      ...(needsCaller ? problems(401) : {}),
      ...(schema.body === undefined && first !== 'POST' ? {} : ofBodies),
    }
    const described: FastifySchema['response'] = { ...usual, ...Object(schema.response) }
    route.schema = { ...schema, response: described }
  })
}
