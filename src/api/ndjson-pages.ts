import type { FastifyReply, FastifyRequest, FastifySchema } from 'fastify'
import { isFields } from '../events/fields.ts'
import { CSV, JSON_TYPE, preferredType } from './accepted.ts'
import { serializerOf } from './serializers.ts'

const NDJSON = 'application/x-ndjson'
/** Media types of a page; the hook of all lists answers CSV. */
const offered = [JSON_TYPE, CSV, NDJSON] as const

/** Marks in the schema of a route that its answer is available as NDJSON. */
export const ndjsonToo = { 'x-ndjson': true } as const

/**
 * A hook that answers a page as NDJSON on request (`accept: application/x-ndjson`): a line per row, then a line with the
 * other fields of the page. A client that does not get this last line did not get the whole page. `row`: schema of a row.
 */
export function asNdjson(row: object) {
  const lineOf = serializerOf(row)
  return async (request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> => {
    const isWanted = preferredType(request.headers.accept, offered) === NDJSON
    if (!isWanted || reply.statusCode !== 200 || !isFields(payload)) return payload
    const { items, ...page } = payload
    if (!Array.isArray(items)) return payload
    const lines = [...items.map(lineOf), JSON.stringify({ page }), '']
    reply.type(`${NDJSON}; charset=utf-8`).serializer(() => lines.join('\n'))
    return payload
  }
}

interface Described {
  readonly content?: Readonly<Record<string, { readonly schema?: object }>>
}

/** The public schema of a route, with NDJSON as an alternative for a marked page. */
export function withNdjsonPages(schema: FastifySchema): FastifySchema {
  const { 200: page, ...others } = (schema.response ?? {}) as Readonly<Record<string, Described>>
  const json = page?.content?.[JSON_TYPE]?.schema
  if (json === undefined || !('x-ndjson' in json)) return schema
  const line = { type: 'string', description: 'A line per row; the last line is {"page": …} with the other fields' }
  const content = { ...page?.content, [NDJSON]: { schema: line } }
  return { ...schema, response: { ...others, 200: { ...page, content } } }
}
