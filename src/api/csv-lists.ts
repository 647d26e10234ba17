import type { FastifyInstance, FastifySchema } from 'fastify'
import { isFields } from '../events/fields.ts'
import { CSV, JSON_TYPE, preferredType } from './accepted.ts'
import { type CsvCell, csvText } from './csv-text.ts'
import { nextLink } from './next-link.ts'

/** A list in a response: its field, and the paths of its columns in a row. */
interface CsvList {
  readonly field: string
  readonly columns: readonly (readonly string[])[]
}

interface JsonSchema {
  readonly type?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
}

/** Fields that contain lists of rows. */
const LISTS = ['items', 'groups']

/**
 * Returns lists as CSV on request (`accept: text/csv`): a header row and a line per row, with the next page in the
 * header `link`. Lists inside a row are JSON.
 */
export function answerListsAsCsv(app: FastifyInstance): void {
  const known = new WeakMap<FastifySchema, readonly CsvList[]>()
  const listsIn = (schema: FastifySchema | undefined) => {
    if (schema === undefined) return []
    const lists = known.get(schema) ?? listsOf(schema)
    known.set(schema, lists)
    return lists
  }
  app.addHook('preSerialization', async (request, reply, payload) => {
    const { method, routeOptions, headers, url } = request
    const lists = method === 'GET' ? listsIn(routeOptions.schema) : []
    if (lists.length === 0 || reply.statusCode !== 200 || !isFields(payload)) return payload
    reply.header('vary', 'accept')
    const list = lists.find(({ field }) => Array.isArray(payload[field]))
    if (list === undefined || preferredType(headers.accept, [JSON_TYPE, CSV]) !== CSV) return payload
    const { cursor, complete } = payload
    // A feed has a cursor even at its end, but a complete page has no next page.
    if (typeof cursor === 'string' && complete !== true) reply.header('link', nextLink(url, cursor))
    reply.type(`${CSV}; charset=utf-8`).serializer(() => listText(payload, list))
    return payload
  })
}

/** The public schema of a route, with CSV as an alternative for its list. */
export function withCsvLists(schema: FastifySchema): FastifySchema {
  if (listsOf(schema).length === 0) return schema
  const { 200: json, ...others } = schema.response as Readonly<Record<string, JsonSchema>>
  const description = 'A page; as CSV with `accept: text/csv`, the next page in the header `link`'
  const content = { [JSON_TYPE]: { schema: json }, [CSV]: { schema: { type: 'string' } } }
  return { ...schema, response: { ...others, 200: { description, content } } }
}

function listsOf(schema: FastifySchema | undefined): readonly CsvList[] {
  const answer = (schema?.response as Readonly<Record<string, JsonSchema>> | undefined)?.['200']
  if (answer === undefined || schema?.hide === true) return []
  return [answer, ...(answer.anyOf ?? [])].flatMap(({ properties = {} }) =>
    LISTS.flatMap((field) => {
      const row = properties[field]?.items
      return row?.properties === undefined ? [] : [{ field, columns: columnsOf(row) }]
    }),
  )
}

/** The columns of a row's known fields; a nullable object is flattened like the object. */
function columnsOf(schema: JsonSchema): readonly (readonly string[])[] {
  const { properties } = schema.anyOf?.find((one) => one.properties !== undefined) ?? schema
  const known = Object.entries(properties ?? {})
  if (known.length === 0) return [[]]
  return known.flatMap(([name, of]) => columnsOf(of).map((path) => [name, ...path]))
}

function listText(answer: Readonly<Record<string, unknown>>, { field, columns }: CsvList): string {
  const rows = answer[field] as readonly unknown[]
  const names = columns.map((path) => path.join('.'))
  return csvText([names, ...rows.map((row) => columns.map((path) => cellOf(row, path)))])
}

function cellOf(row: unknown, path: readonly string[]): CsvCell {
  const value = path.reduce<unknown>((of, name) => (isFields(of) ? of[name] : undefined), row)
  if (value === undefined || value === null) return null
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  return JSON.stringify(value)
}
