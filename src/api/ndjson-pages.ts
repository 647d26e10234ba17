import type { FastifyReply, FastifyRequest, FastifySchema } from 'fastify'
import { isFields } from '../events/fields.ts'
import { preferredType } from './accepted.ts'
import { serializerOf } from './serializers.ts'

const NDJSON = 'application/x-ndjson'
const JSON_TYPE = 'application/json'
/** What a page may be answered as; CSV by the hook of all lists. */
const offered = [JSON_TYPE, 'text/csv', NDJSON] as const

/** Marks the answer of a route that can be had as NDJSON, in its schema. */
export const ndjsonToo = { 'x-ndjson': true } as const

/**
 * A hook that answers a page as NDJSON where that is asked for (`accept: application/x-ndjson`): a line for each row, and
 * one for what else the page says. Whoever does not get that last line did not get the page whole. `row`: the schema of a row.
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

/** The schema of a route as callers see it: a page that is marked can be had as NDJSON. */
export function withNdjsonPages(schema: FastifySchema): FastifySchema {
  const { 200: page, ...others } = (schema.response ?? {}) as Readonly<Record<string, Described>>
  const json = page?.content?.[JSON_TYPE]?.schema
  if (json === undefined || !('x-ndjson' in json)) return schema
  const line = { type: 'string', description: 'A row a line; the last line is {"page": …} with what else a page has' }
  const content = { ...page?.content, [NDJSON]: { schema: line } }
  return { ...schema, response: { ...others, 200: { ...page, content } } }
}
