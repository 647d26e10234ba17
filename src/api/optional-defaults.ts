import type { FastifySchema } from 'fastify'

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

function optional(schema: unknown): unknown {
  const { properties = {}, required } = schema as ObjectSchema
  if (required === undefined) return schema
  return { ...(schema as object), required: required.filter((name) => properties[name]?.default === undefined) }
}
