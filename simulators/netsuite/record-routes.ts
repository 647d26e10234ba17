import type { DatabaseSync } from 'node:sqlite'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { inTransaction } from '../harness/database.ts'
import { recordUrl, selfLink, type Wire } from './account.ts'
import { readFilter } from './collection-filter.ts'
import { isObject } from './fields.ts'
import { pageEnvelope, readPage } from './page.ts'
import { NetSuiteProblem, notFound, userError } from './problems.ts'
import type { RecordType, SaveRequest } from './record-type.ts'

interface RecordRoute {
  Params: { id: string }
  Querystring: { expandSubResources?: string; replace?: string; limit?: string; offset?: string; q?: string }
}

/**
 * The record service of one type below `/record/v1`. The id in a path is an internal id, or `eid:` with an external id.
 */
export function addRecordRoutes(app: FastifyInstance, database: DatabaseSync, type: RecordType): void {
  const path = `/record/v1/${type.name}`
  const byId = database.prepare(`SELECT id FROM ${type.table} WHERE id = ?`)
  const byExternalId = type.save && database.prepare(`SELECT id FROM ${type.table} WHERE external_id = ?`)
  const find = (id: string): number | undefined => {
    const row = id.startsWith('eid:') ? byExternalId?.get(id.slice(4)) : byId.get(id)
    return row === undefined ? undefined : Number(row['id'])
  }
  const require = (id: string): number => {
    const found = find(id)
    if (found === undefined) throw notFound()
    return found
  }
  const readRecord = (id: string, origin: string, expand: boolean): Wire => {
    const record = type.read(require(id), { origin, expand })
    if (record === undefined) throw notFound()
    return record
  }

  app.get<RecordRoute>(path, async (request) => listRecords(database, type, request))
  app.get<RecordRoute>(`${path}/:id`, async (request) =>
    readRecord(request.params.id, originOf(request), request.query.expandSubResources === 'true'),
  )
  app.get<{ Params: { id: string; part: string } }>(`${path}/:id/:part`, async (request) => {
    const part = readRecord(request.params.id, originOf(request), true)[request.params.part]
    if (!isObject(part)) throw notFound()
    return part
  })
  if (type.save === undefined) return
  const save = type.save
  const answer = (request: FastifyRequest<RecordRoute>, reply: FastifyReply, id?: number, externalId?: string) => {
    const replace = new Set((request.query.replace ?? '').split(',').filter(Boolean))
    const strict = String(request.headers['x-netsuite-propertynamevalidation'] ?? 'Warning').toLowerCase()
    const saved = saveRecord(database, save, { id, externalId, body: request.body, replace }, strict === 'error')
    if (strict === 'warning' && saved.unknown.length > 0) reply.header('warning', unknownFields(saved.unknown))
    return reply
      .code(204)
      .header('location', recordUrl(originOf(request), type.name, saved.id))
      .send()
  }
  app.post<RecordRoute>(path, async (request, reply) => answer(request, reply))
  app.patch<RecordRoute>(`${path}/:id`, async (request, reply) => answer(request, reply, require(request.params.id)))
  app.put<RecordRoute>(`${path}/:id`, async (request, reply) => {
    const { id } = request.params
    if (!/^eid:./.test(id)) {
      throw new NetSuiteProblem(405, { detail: 'PUT needs an external ID: eid:…', code: 'INVALID_REQUEST' })
    }
    return answer(request, reply, find(id), id.slice(4))
  })
}

/** Links in answers use the called host. */
function originOf(request: Pick<FastifyRequest, 'host'>): string {
  return `http://${request.host}`
}

function listRecords(database: DatabaseSync, type: RecordType, request: FastifyRequest<RecordRoute>): object {
  const page = readPage(request.query)
  const { where, values } = readFilter(request.query.q, type.filters)
  const ids = database.prepare(`SELECT id FROM ${type.table} WHERE ${where} ORDER BY id`).all(...values)
  const origin = originOf(request)
  const items = ids.slice(page.offset, page.offset + page.limit).map(({ id }) => {
    return { links: selfLink(recordUrl(origin, type.name, Number(id))), id: String(id) }
  })
  const filter = request.query.q === undefined ? '' : `?q=${encodeURIComponent(request.query.q)}`
  return pageEnvelope(`${origin}/services/rest/record/v1/${type.name}${filter}`, page, items, ids.length)
}

/** Runs in a transaction: a refused save leaves no trace. */
function saveRecord(
  database: DatabaseSync,
  save: NonNullable<RecordType['save']>,
  request: SaveRequest,
  refuseUnknown: boolean,
): ReturnType<typeof save> {
  try {
    return inTransaction(database, () => {
      const saved = save(request)
      if (!refuseUnknown || saved.unknown.length === 0) return saved
      const detail = unknownFields(saved.unknown)
      throw new NetSuiteProblem(400, { detail, code: 'INVALID_CONTENT', path: saved.unknown[0] ?? '' })
    })
  } catch (error) {
    const taken = error instanceof Error && /UNIQUE constraint failed: \w+\.external_id/.test(error.message)
    throw taken ? userError('This record already exists: the externalId is taken.') : error
  }
}

function unknownFields(names: readonly string[]): string {
  const ascii = names.map((name) => name.replace(/[^\x20-\x7e]/g, '?'))
  return `Unknown reference or field(s): ${ascii.join(', ')}.`
}
