import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { createInstance, getHttpOperationsFromSpec, ProblemJsonError } from '@stoplight/prism-http'
import { pino } from 'pino'
import { parse } from 'yaml'
import type { RecordedCall } from './recorder.ts'
import { readSpecFile } from './spec-file.ts'

/** A document, and what of an address stands before its paths. */
export interface SpecDocument {
  readonly file: string
  readonly below: string
  /** Which paths are the document's, the first that fits; without it, all. */
  readonly paths?: RegExp
}

/** What Prism finds in calls that were recorded. */
export interface ContractMock {
  /** The document of a call; undefined: there is none. */
  documentOf(call: RecordedCall): string | undefined
  /** `METHOD path` of a call as the documents have it; undefined: no document that is there has it. */
  nameOf(call: RecordedCall): string | undefined
  requestFaults(call: RecordedCall): Promise<readonly string[]>
  answerFaults(call: RecordedCall): Promise<readonly string[]>
}

type Operation = Awaited<ReturnType<typeof getHttpOperationsFromSpec>>[number]

/** Prism has a level of its own. */
const logger = Object.assign(pino({ level: 'silent' }), { success: () => undefined })
/** Prism's check of answers, which it makes as a proxy; it has no types of its own there. */
const { validateOutput } = createRequire(import.meta.url)('@stoplight/prism-http/dist/validator')

interface ReadDocument {
  readonly document: SpecDocument
  readonly operations: readonly Operation[]
}

/** Prism over official documents; those that are not there have no operations. */
export async function contractMock(documents: readonly SpecDocument[]): Promise<ContractMock> {
  const read: ReadDocument[] = []
  for (const document of documents) {
    const text = readSpecFile(document.file)
    const spec = text === undefined ? undefined : withoutDescription(parse(withLocalReferences(text)))
    read.push({ document, operations: spec === undefined ? [] : await getHttpOperationsFromSpec(spec) })
  }
  const config = {
    mock: { dynamic: false },
    validateRequest: true,
    validateResponse: true,
    checkSecurity: true,
    errors: false,
    upstreamProxy: undefined,
    isProxy: false,
  } as const
  const prism = createInstance(config, { logger })
  const whose = ({ url }: RecordedCall) => {
    const [path = ''] = url.split('?', 1)
    return read.find(({ document: { below, paths = /^/ } }) => {
      return path.startsWith(`${below}/`) && paths.test(path.slice(below.length))
    })
  }
  const find = (call: RecordedCall) => {
    const found = whose(call)
    const [whole = '', query = ''] = call.url.split('?', 2)
    const path = whole.slice(found?.document.below.length ?? 0)
    const operation = operationOf(found?.operations ?? [], call.method, path)
    return operation === undefined ? undefined : { operation, path, query }
  }
  return {
    documentOf: (call) => whose(call)?.document.file,
    nameOf(call) {
      const found = find(call)
      return found === undefined ? undefined : `${call.method} ${found.operation.path}`
    },
    async requestFaults(call) {
      const found = find(call)
      if (found === undefined) return [`${call.method} ${call.url} is in no document`]
      const { operation, path, query } = found
      const known = new Set((operation.request?.query ?? []).map(({ name }) => name))
      const given = queryOf(query)
      const strange = Object.keys(given).filter((name) => !known.has(name))
      const body = call.sent === '' ? {} : { body: JSON.parse(call.sent) as unknown }
      const request = { method: operation.method, url: { path, query: given }, headers: call.headers, ...body }
      const result = await prism.request({ ...request, method: request.method as 'get' }, [operation])()
      const name = `${call.method} ${operation.path}`
      if (result._tag === 'Left')
        return [
          ...strange.map((one) => `${name} ?${one} is not known`),
          ...refusalOf(result.left).map((fault) => `${name} ${fault}`),
        ]
      const faults = result.right.validations.input.map(
        ({ path: at = [], message }) => `${name} ${at.join('.')}: ${message}`,
      )
      return [...strange.map((one) => `${name} ?${one} is not known`), ...faults]
    },
    async answerFaults(call) {
      const found = find(call)
      if (found === undefined || call.answered === '') return []
      const { operation } = found
      const headers = { 'content-type': 'application/json' }
      const body: unknown = JSON.parse(call.answered)
      const result = validateOutput({ resource: operation, element: { statusCode: call.status, headers, body } })
      const faults: readonly { readonly path?: readonly string[]; readonly message: string }[] = result.left ?? []
      return faults.map(
        ({ path = [], message }) => `${call.method} ${operation.path} ${call.status} ${path.join('.')}: ${message}`,
      )
    },
  }
}

/** What Prism refuses a request for. */
function refusalOf(error: Error): readonly string[] {
  const { validation } = error instanceof ProblemJsonError ? (error.additional ?? {}) : {}
  const found = Array.isArray(validation) ? validation.map((one: unknown) => JSON.stringify(one)) : []
  return found.length === 0 ? [error.message] : found
}

/** Adobe's has a reference to a file of its own site there. */
function withoutDescription(spec: { readonly info: { readonly description?: unknown } }): object {
  const { description: _, ...info } = spec.info
  return { ...spec, info }
}

/** The documents name others of theirs by their address. */
function withLocalReferences(text: string): string {
  const here = fileURLToPath(new URL('../specs/bigcommerce/', import.meta.url))
  return text.replaceAll('https://raw.githubusercontent.com/bigcommerce/docs/main/', here)
}

/** An exact path before one with parts that vary. */
function operationOf(operations: readonly Operation[], method: string, path: string): Operation | undefined {
  const parts = path.split('/')
  const fits = (template: string) => {
    const own = template.split('/')
    return own.length === parts.length && own.every((part, index) => part.startsWith('{') || part === parts[index])
  }
  const candidates = operations.filter((one) => one.method === method.toLowerCase() && fits(one.path))
  return candidates.find((one) => one.path === path) ?? candidates[0]
}

function queryOf(query: string): Record<string, string | string[]> {
  const params = new URLSearchParams(query)
  return Object.fromEntries(
    [...new Set(params.keys())].map((name) => {
      const values = params.getAll(name)
      return [name, values.length === 1 ? (values[0] ?? '') : values]
    }),
  )
}
