import type { FastifyInstance } from 'fastify'

interface SchemaNode {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly minLength?: number
  readonly maxLength?: number
}

interface Parameter {
  readonly name: string
  readonly in: string
  readonly schema: SchemaNode
}

/** An operation as the OpenAPI document describes it. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly inPath: readonly Parameter[]
  readonly inQuery: readonly Parameter[]
  /** Undefined: it takes none. */
  readonly body: SchemaNode | undefined
  /** Statuses it may answer with. */
  readonly statuses: readonly number[]
}

interface Described {
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: SchemaNode }>> }
  readonly responses: Readonly<Record<string, unknown>>
}

/** Every operation there is, read from the document itself. */
export async function operationsOf(
  app: FastifyInstance,
  headers: Record<string, string> = {},
): Promise<readonly Operation[]> {
  const { paths } = (await app.inject({ url: '/openapi.json', headers })).json()
  return Object.entries<Record<string, Described>>(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody, responses }]) => ({
      method: method.toUpperCase() as Operation['method'],
      path,
      inPath: parameters.filter((one) => one.in === 'path'),
      inQuery: parameters.filter((one) => one.in === 'query'),
      body: requestBody?.content['application/json']?.schema,
      statuses: Object.keys(responses).map(Number),
    })),
  )
}

/** The path with every parameter as `textOf` says, as it goes over the wire. */
export function pathOf({ path, inPath }: Operation, textOf: (parameter: Parameter) => string): string {
  return inPath.reduce((filled, parameter) => filled.replace(`{${parameter.name}}`, textOf(parameter)), path)
}

/** A value that fits. */
export function usualValue({ schema }: Parameter): string {
  return String(schema.enum?.[0] ?? 'x')
}
