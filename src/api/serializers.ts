import fastJsonStringify from 'fast-json-stringify'
import type { FastifyInstance } from 'fastify'
import { compileOnce } from './compile-once.ts'
import { Problem } from './problems.ts'

/** The serializer of a schema, which may refer to that of problems. */
export const serializerOf: (schema: object) => (answer: unknown) => string = compileOnce((schema) =>
  fastJsonStringify(schema, { schema: { Problem } }),
)

/** Compiles the serializer of each response schema once per process instead of once per route. */
export function serializeAnswers(app: FastifyInstance): void {
  app.setSerializerCompiler<object>(({ schema }) => serializerOf(schema))
}
