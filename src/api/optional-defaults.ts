import type { FastifyInstance, FastifySchema } from 'fastify'

interface ObjectSchema {
  readonly additionalProperties?: unknown
  readonly properties?: Readonly<Record<string, { readonly default?: unknown }>>
  readonly required?: readonly string[]
}

/** The public schema of a route: fields with a default are optional, although the handler always gets them. */
export function withOptionalDefaults(schema: FastifySchema): FastifySchema {
  const { querystring, body } = schema
  return {
    ...schema,
    ...(querystring === undefined ? {} : { querystring: optional(querystring) }),
    ...(body === undefined ? {} : { body: optional(body) }),
  }
}

/**
 * Accepts a missing body if all its fields are optional; else the error names the missing field. A PUT always needs its
 * body, also one that may be empty. Call it before routes are registered.
 */
export function takeAbsentBodies(app: FastifyInstance): void {
  app.addHook('preValidation', async (request) => {
    const body = request.routeOptions.schema?.body
    if (request.method !== 'PUT' && request.body === undefined && hasListedFields(body)) request.body = {}
  })
}

/** An operation of an OpenAPI document, in which every body is required at first. */
interface Operation {
  readonly requestBody?: { required?: boolean; readonly content?: Readonly<Record<string, unknown>> }
}

/** The OpenAPI document with optional bodies marked as optional. */
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

/** False for a schema that accepts any object, such as a document. */
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
