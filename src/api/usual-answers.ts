import type { FastifyInstance, FastifySchema } from 'fastify'
import { needOf } from './access.ts'
import { problems } from './problems.ts'

/** Errors that any request may get, for its form, origin or rate, or because a service is down. */
const ofAll = problems(400, 403, 408, 414, 421, 429, 431, 500, 503)
const ofBodies = problems(413, 415)

/** Adds the common error responses to every route, without replacing the route's own. */
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
