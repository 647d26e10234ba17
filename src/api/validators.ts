import { Ajv, type ErrorObject } from 'ajv'
import type { FastifyInstance, FastifySchemaCompiler } from 'fastify'

const usual = { useDefaults: true, removeAdditional: false, allErrors: false, addUsedSchema: false } as const
/** Everything in an address is text: it is made a number or a truth value where one is asked for. */
const ofText = new Ajv({ ...usual, coerceTypes: 'array' })
/** A body has types of its own: `null` is not false, and "1" not 1. */
const asGiven = new Ajv(usual)

/** The first mistake alone is looked for, so that it costs no more to refuse a body than to take it. */
const compile: FastifySchemaCompiler<object> = ({ schema, httpPart }) =>
  httpPart === 'body' ? asGiven.compile(schema) : compileText(schema)

type Checked = ((data: unknown) => boolean) & { errors: ErrorObject[] }

/** Ajv takes `1e309` for an integer: it makes it Infinity, which then has no maximum. */
function compileText(schema: object): Checked {
  const validate = ofText.compile(schema)
  const checked = (data: unknown) => {
    if (!validate(data)) return fail(validate.errors ?? [])
    const endless = Object.entries(Object(data)).find(
      ([, value]) => value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY,
    )
    if (endless === undefined) return true
    const at = { instancePath: `/${endless[0]}`, schemaPath: '#', keyword: 'type', params: { type: 'integer' } }
    return fail([{ ...at, message: 'must be integer' }])
  }
  const fail = (errors: ErrorObject[]) => {
    made.errors = errors
    return false
  }
  const made: Checked = Object.assign(checked, { errors: [] as ErrorObject[] })
  return made
}

export function validateRequests(app: FastifyInstance): void {
  app.setValidatorCompiler(compile)
}

const taken: FastifySchemaCompiler<object> = (route) => (route.httpPart === 'body' ? () => true : compile(route))

/** For routes whose operation checks the body itself, and names every mistake. */
export const bodyCheckedByUs = { validatorCompiler: taken }
