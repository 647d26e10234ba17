import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { StoredDocument } from '../../configuration/configuration-store.ts'
import type { Author } from '../../configuration/document-rows.ts'
import { documentSchemas, type StoredKind } from '../../configuration/document-schemas.ts'
import { StreamError } from '../../errors.ts'
import { actorOf } from '../actor.ts'
import type { ApiDeps } from '../dependencies.ts'
import { etagOf, expectedRevision } from '../expected-revision.ts'
import { problems } from '../problems.ts'
import { DocumentId, Put, Stored, StoredList } from './configuration-schemas.ts'

const tags = ['configuration']

/** The body is checked as `validate` checks it, which tells every mistake at once. */
const checkedByUs = { validatorCompiler: () => () => true }

type WithId = FastifyRequest<{ Params: { id: string } }>

/** Systems, connections and product metadata: read, put and removed; running processes take changes up. */
export function configurationRoutes(deps: ApiDeps): FastifyPluginAsync {
  return async (app) => {
    collection(app, deps, 'system', '/v1/systems')
    collection(app, deps, 'connection', '/v1/connections')
    const path = '/v1/connections/:id/metadata'
    app.get(
      path,
      { schema: oneSchema() },
      async (request: WithId, reply) => await answer(deps, 'product-metadata', request, reply),
    )
    app.put(
      path,
      putOptions('product-metadata'),
      async (request: WithId, reply) => await put(deps, 'product-metadata', request, reply),
    )
  }
}

function collection(app: FastifyInstance, deps: ApiDeps, kind: 'system' | 'connection', path: string): void {
  const list = { tags, response: { 200: StoredList, ...problems(401) } }
  app.get(path, { schema: list }, async () => ({ items: await deps.configuration.list(kind) }))
  app.get(
    `${path}/:id`,
    { schema: oneSchema() },
    async (request: WithId, reply) => await answer(deps, kind, request, reply),
  )
  app.put(`${path}/:id`, putOptions(kind), async (request: WithId, reply) => await put(deps, kind, request, reply))
  const remove = {
    tags,
    params: DocumentId,
    response: { 204: { description: 'Removed', type: 'null' }, ...problems(401, 404, 409, 412) },
  }
  app.delete(`${path}/:id`, { schema: remove }, async (request: WithId, reply) => {
    await deps.configuration.remove(kind, request.params.id, authorOf(deps, kind, request))
    return await reply.code(204).send()
  })
}

const oneSchema = () => ({ tags, params: DocumentId, response: { 200: Stored, ...problems(401, 404) } })

function putOptions(kind: StoredKind) {
  const response = { 200: Put, 201: Put, ...problems(400, 401, 412) }
  return { schema: { tags, params: DocumentId, body: documentSchemas[kind], response }, ...checkedByUs }
}

async function answer(deps: ApiDeps, kind: StoredKind, { params }: WithId, reply: FastifyReply) {
  const stored = await deps.configuration.get(kind, params.id)
  if (stored === undefined)
    throw new StreamError('not_found', `id: there is no ${kind} "${params.id}"`, { field: 'id' })
  return tagged(reply, stored)
}

async function put(deps: ApiDeps, kind: StoredKind, request: WithId, reply: FastifyReply) {
  const { id } = request.params
  const written = await deps.configuration.put(kind, id, request.body, authorOf(deps, kind, request))
  return tagged(reply.code(written.revision === 1 && written.changed ? 201 : 200), written)
}

function tagged<T extends StoredDocument>(reply: FastifyReply, stored: T): T {
  reply.header('etag', etagOf(stored.revision))
  return stored
}

function authorOf({ clock }: ApiDeps, kind: StoredKind, request: WithId): Author {
  const revision = expectedRevision(request)
  const expect = revision === undefined ? undefined : { kind, id: request.params.id, revision }
  return { by: actorOf(request), at: new Date(clock.now()).toISOString(), reason: null, expect }
}
