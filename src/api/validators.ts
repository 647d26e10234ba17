import { Ajv, type ErrorObject } from 'ajv'
import type { FastifyInstance, FastifySchemaCompiler } from 'fastify'
import { compileOnce } from './compile-once.ts'

const usual = { useDefaults: true, removeAdditional: false, allErrors: false, addUsedSchema: false } as const
/** For URLs, where all values are text: converts them to numbers and booleans as the schema requires. */
const ofText = new Ajv({ ...usual, coerceTypes: 'array' })
/** For bodies, which have types: `null` is not false, and "1" is not 1. */
const asGiven = new Ajv(usual)

/** Stops at the first mistake, so that rejecting a body costs no more than accepting it. */
const compile: FastifySchemaCompiler<object> = ({ schema, httpPart }) =>
  httpPart === 'body' ? bodyCheck(schema) : textCheck(schema)

const bodyCheck = compileOnce((schema) => asGiven.compile(schema))
const textCheck = compileOnce(compileText)

type Checked = ((data: unknown) => boolean) & { errors: ErrorObject[] }

/** Rejects infinite numbers: Ajv converts `1e309` to Infinity, accepts it as an integer and ignores the maximum. */
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

/** For routes whose operation checks the body itself, to report all mistakes. */
export const bodyCheckedByUs = { validatorCompiler: taken }
