import fastJsonStringify from 'fast-json-stringify'
import type { FastifyInstance } from 'fastify'
import { Problem } from './problems.ts'

/** By the schema itself: every route has the same schemas of problems, and each takes a millisecond to compile. */
const compiled = new WeakMap<object, (answer: unknown) => string>()

function compile(schema: object): (answer: unknown) => string {
  const known = compiled.get(schema)
  if (known !== undefined) return known
  const serialize = fastJsonStringify(schema, { schema: { Problem } })
  compiled.set(schema, serialize)
  return serialize
}

/** Compiles the serializer of each schema of answers once in a process, and not once for each route that has it. */
export function serializeAnswers(app: FastifyInstance): void {
  app.setSerializerCompiler<object>(({ schema }) => compile(schema))
}
