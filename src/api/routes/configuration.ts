import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import type { ChangeFilter } from '../../configuration/changes.ts'
import type { StoredDocument } from '../../configuration/configuration-store.ts'
import type { StoredKind } from '../../configuration/document-schemas.ts'
import { StreamError } from '../../errors.ts'
import {
  configurationSchema,
  documentSchemas,
  listChanges,
  listDocuments,
  previewRemoval,
  putDocument,
  removeDocument,
  showDocument,
  tryDocument,
} from '../../operations/configuration.ts'
import { cursorKeyOf, principalOf } from '../access.ts'
import { DOCUMENT_BYTES } from '../body-sizes.ts'
import type { ApiDeps } from '../dependencies.ts'
import { answerList, answerPage, pageCursor, placeOfCursor } from '../page-cursor.ts'
import { problems } from '../problems.ts'
import { etagOf, expectedRevision } from '../request-headers.ts'
import { isoParameter } from '../time-parameter.ts'
import { bodyCheckedByUs } from '../validators.ts'
import {
  ChangeList,
  ChangeQuery,
  DocumentId,
  Put,
  Removal,
  RemovalPreview,
  Stored,
  StoredList,
  Why,
} from './configuration-schemas.ts'

const tags = ['configuration']

type WithId = FastifyRequest<{ Params: { id: string } }>
type WithReason = FastifyRequest<{ Params: { id: string }; Querystring: { reason?: string; dryRun: boolean } }>
type WithConfirm = FastifyRequest<{
  Params: { id: string }
  Querystring: { confirm: boolean; dryRun: boolean; reason?: string }
}>

/** Reads, writes and removes the documents of the configuration; running processes follow the changes. */
export function configurationRoutes(deps: ApiDeps): FastifyPluginAsync {
  return async (app) => {
    collection(app, deps, 'system', '/v1/systems')
    collection(app, deps, 'connection', '/v1/connections')
    collection(app, deps, 'recipient', '/v1/recipients')
    collection(app, deps, 'subscription', '/v1/subscriptions')
    const path = '/v1/connections/:id/metadata'
    app.get(
      path,
      { schema: oneSchema() },
      async (request: WithId, reply) => await answer(deps, 'product-metadata', request, reply),
    )
    app.put(
      path,
      putOptions('product-metadata'),
      async (request: WithReason, reply) => await put(deps, 'product-metadata', request, reply),
    )
    app.delete(path, { schema: removeSchema() }, async (request: WithConfirm, reply) => {
      return await remove(deps, 'product-metadata', request, reply)
    })
  }
}

function collection(app: FastifyInstance, deps: ApiDeps, kind: Exclude<StoredKind, 'product-metadata'>, path: string) {
  const list = { tags, response: { 200: StoredList, ...problems(401) } }
  app.get(path, { schema: list }, async (request) =>
    answerList(await listDocuments(deps.operations, principalOf(request), kind)),
  )
  app.get(
    `${path}/:id`,
    { schema: oneSchema() },
    async (request: WithId, reply) => await answer(deps, kind, request, reply),
  )
  app.put(`${path}/:id`, putOptions(kind), async (request: WithReason, reply) => await put(deps, kind, request, reply))
  app.delete(`${path}/:id`, { schema: removeSchema() }, async (request: WithConfirm, reply) => {
    return await remove(deps, kind, request, reply)
  })
}

const removeSchema = () => ({
  tags,
  params: DocumentId,
  querystring: Removal,
  response: {
    200: RemovalPreview,
    204: { description: 'Removed', type: 'null' },
    ...problems(400, 401, 404, 409, 412),
  },
})

async function remove(deps: ApiDeps, kind: StoredKind, request: WithConfirm, reply: FastifyReply) {
  const { confirm, dryRun, reason = null } = request.query
  const place = { kind, id: request.params.id }
  const by = principalOf(request)
  const revision = expectedRevision(request)
  if (dryRun) return await previewRemoval(deps.operations, by, place)
  await removeDocument(deps.operations, by, { ...place, revision, confirm, reason })
  return await reply.code(204).send()
}

const oneSchema = () => ({ tags, params: DocumentId, response: { 200: Stored, ...problems(401, 404) } })

function putOptions(kind: StoredKind) {
  const response = { 200: Put, 201: Put, ...problems(400, 401, 412) }
  // The operation checks the body as `validate` does, to report all mistakes at once.
  const schema = { tags, params: DocumentId, querystring: Why, body: documentSchemas[kind], response }
  return { schema, bodyLimit: DOCUMENT_BYTES, ...bodyCheckedByUs }
}

async function answer(deps: ApiDeps, kind: StoredKind, request: WithId, reply: FastifyReply) {
  return tagged(reply, await showDocument(deps.operations, principalOf(request), { kind, id: request.params.id }))
}

async function put(deps: ApiDeps, kind: StoredKind, request: WithReason, reply: FastifyReply) {
  const { reason = null, dryRun } = request.query
  if (request.body === undefined)
    throw new StreamError('request_invalid', 'the body is missing: send the document as JSON')
  const change = { kind, id: request.params.id, body: request.body, revision: expectedRevision(request), reason }
  const by = principalOf(request)
  if (dryRun) return { ...(await tryDocument(deps.operations, by, change)), dry_run: true }
  const written = await putDocument(deps.operations, by, change)
  return tagged(reply.code(written.revision === 1 && written.changed ? 201 : 200), { ...written, dry_run: false })
}

function tagged<T extends StoredDocument>(reply: FastifyReply, stored: T): T {
  reply.header('etag', etagOf(stored.revision))
  return stored
}

/** The JSON Schema of documents, for forms and editors. */
export function configurationSchemaRoutes({ operations }: ApiDeps): FastifyPluginAsyncTypebox {
  const answered = configurationSchema(operations.systemTypes)
  return async (app) => {
    const answer = Type.Object({}, { additionalProperties: true, description: 'JSON Schema, draft 7' })
    const schema = { tags, response: { 200: answer, ...problems(401) } }
    app.get('/v1/configuration/schema', { schema }, async () => answered)
  }
}

/** Changes of the configuration and of cut dates. */
export function changeRoutes({ operations, ...deps }: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const schema = { tags, querystring: ChangeQuery, response: { 200: ChangeList, ...problems(400, 401) } }
    app.get('/v1/configuration/changes', { schema }, async (request) => {
      const { query } = request
      const cursorKey = cursorKeyOf(request, deps.cursorKey)
      const filter = filterOf(query)
      const after = placeOfCursor(cursorKey, 'changes', filter, query.cursor)
      const page = await listChanges(operations, principalOf(request), { filter, limit: query.limit, after })
      return answerPage(
        page,
        (change) => change,
        (next) => pageCursor(cursorKey, 'changes', filter, next),
      )
    })
  }
}

function filterOf({ kind, id, by, from, to }: Static<typeof ChangeQuery>): ChangeFilter {
  return {
    kind: kind ?? null,
    id: id ?? null,
    by: by ?? null,
    from: isoParameter('from', from),
    to: isoParameter('to', to),
  }
}
