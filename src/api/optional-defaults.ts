import type { FastifyInstance, FastifySchema } from 'fastify'

interface ObjectSchema {
  readonly additionalProperties?: unknown
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

/**
 * A body whose every field may be left out need not be sent either; of another one that is missing, it is said which field
 * must be there. To be called before routes are registered.
 */
export function takeAbsentBodies(app: FastifyInstance): void {
  app.addHook('preValidation', async (request) => {
    if (request.body === undefined && hasListedFields(request.routeOptions.schema?.body)) request.body = {}
  })
}

/** Of an OpenAPI document, where it is made with each body required. */
interface Operation {
  readonly requestBody?: { required?: boolean; readonly content?: Readonly<Record<string, unknown>> }
}

/** The OpenAPI document with these bodies as what they are. */
export function withOptionalBodies<D extends { readonly paths?: object }>(document: D): D {
  for (const { requestBody } of operationsOf(document.paths ?? {})) {
    const { schema } = (requestBody?.content?.['application/json'] ?? {}) as { readonly schema?: unknown }
    if (requestBody !== undefined && mayBeEmpty(schema)) requestBody.required = false
  }
  return document
}

function operationsOf(paths: object): readonly Operation[] {
  return Object.values(paths).flatMap((methods: object) => Object.values(methods) as readonly Operation[])
}

function mayBeEmpty(schema: unknown): boolean {
  return hasListedFields(schema) && stillRequired(schema as ObjectSchema).length === 0
}

/** Not so of any object at all, as a document is: of that one nothing is known. */
function hasListedFields(schema: unknown): boolean {
  const { properties, additionalProperties } = (schema ?? {}) as ObjectSchema
  return properties !== undefined && additionalProperties === false
}

function optional(schema: unknown): unknown {
  const { required } = schema as ObjectSchema
  return required === undefined ? schema : { ...(schema as object), required: stillRequired(schema as ObjectSchema) }
}

function stillRequired({ properties = {}, required = [] }: ObjectSchema): readonly string[] {
  return required.filter((name) => properties[name]?.default === undefined)
}
