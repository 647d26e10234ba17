import fastJsonStringify from 'fast-json-stringify'
import type { FastifyInstance } from 'fastify'
import { Problem } from './problems.ts'

/** By schema object: all routes share the schemas of problems, and compiling one takes a millisecond. */
const compiled = new WeakMap<object, (answer: unknown) => string>()

/** The serializer of a schema, compiled once. */
export function serializerOf(schema: object): (answer: unknown) => string {
  const known = compiled.get(schema)
  if (known !== undefined) return known
  const serialize = fastJsonStringify(schema, { schema: { Problem } })
  compiled.set(schema, serialize)
  return serialize
}

/** Compiles the serializer of each response schema once per process instead of once per route. */
export function serializeAnswers(app: FastifyInstance): void {
  app.setSerializerCompiler<object>(({ schema }) => serializerOf(schema))
}
