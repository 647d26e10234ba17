import { Ajv } from 'ajv'
import type { FastifyInstance, FastifySchemaCompiler } from 'fastify'

const usual = { useDefaults: true, removeAdditional: false, allErrors: false, addUsedSchema: false } as const
/** Everything in an address is text: it is made a number or a truth value where one is asked for. */
const ofText = new Ajv({ ...usual, coerceTypes: 'array' })
/** A body has types of its own: `null` is not false, and "1" not 1. */
const asGiven = new Ajv(usual)

/** The first mistake alone is looked for, so that it costs no more to refuse a body than to take it. */
const compile: FastifySchemaCompiler<object> = ({ schema, httpPart }) =>
  (httpPart === 'body' ? asGiven : ofText).compile(schema)

export function validateRequests(app: FastifyInstance): void {
  app.setValidatorCompiler(compile)
}

const taken: FastifySchemaCompiler<object> = (route) => (route.httpPart === 'body' ? () => true : compile(route))

/** For routes whose operation checks the body itself, and names every mistake. */
export const bodyCheckedByUs = { validatorCompiler: taken }
