import type { FastifyInstance, FastifySchema } from 'fastify'

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, { readonly default?: unknown }>>
  readonly required?: readonly string[]
}

/** The schema of a route as callers see it: what has a default need not be sent, though the route always has it. */
export function withOptionalDefaults(schema: FastifySchema): FastifySchema {
  const { querystring, body } = schema
  return {
    ...schema,
    ...(querystring === undefined ? {} : { querystring: optional(querystring) }),
    ...(body === undefined ? {} : { body: optional(body) }),
  }
}

/** A body of nothing but what has defaults need not be sent either. To be called before routes are registered. */
export function takeAbsentBodies(app: FastifyInstance): void {
  app.addHook('preValidation', async (request) => {
    if (request.body === undefined && hasDefaultsAlone(request.routeOptions.schema?.body)) request.body = {}
  })
}

/** Of an OpenAPI document, where it is made with each body required. */
interface Operation {
  readonly requestBody?: { required?: boolean; readonly content?: Readonly<Record<string, unknown>> }
}

/** The OpenAPI document with these bodies as what they are. */
export function withOptionalBodies<D extends { readonly paths?: object }>(document: D): D {
  for (const { requestBody } of operationsOf(document.paths ?? {})) {
    const { schema } = (requestBody?.content?.['application/json'] ?? {}) as { readonly schema?: ObjectSchema }
    if (requestBody !== undefined && schema?.required?.length === 0) requestBody.required = false
  }
  return document
}

function operationsOf(paths: object): readonly Operation[] {
  return Object.values(paths).flatMap((methods: object) => Object.values(methods) as readonly Operation[])
}

function hasDefaultsAlone(schema: unknown): boolean {
  const { required = [] } = (schema ?? {}) as ObjectSchema
  return required.length > 0 && stillRequired(schema as ObjectSchema).length === 0
}

function optional(schema: unknown): unknown {
  const { required } = schema as ObjectSchema
  return required === undefined ? schema : { ...(schema as object), required: stillRequired(schema as ObjectSchema) }
}

function stillRequired({ properties = {}, required = [] }: ObjectSchema): readonly string[] {
  return required.filter((name) => properties[name]?.default === undefined)
}
