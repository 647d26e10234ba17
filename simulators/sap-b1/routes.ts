import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Company } from './company.ts'
import { cancelDelivery, changeDelivery, createDelivery } from './deliveries.ts'
import { changeOrder, createOrder, endOrder } from './orders.ts'
import { changePartner, createPartner } from './partners.ts'
import { notFound, SapProblem, sendProblem, type Version } from './problems.ts'
import { asObject } from './properties.ts'
import { annotated, answerList, countOf, etagOf, metadataOf } from './query.ts'
import type { Sessions } from './sessions.ts'
import { type Collection, collections, type Entity, keyNames } from './store.ts'

const creators: Readonly<Partial<Record<Collection, (company: Company, body: Entity) => Entity>>> = {
  Orders: createOrder,
  DeliveryNotes: createDelivery,
  BusinessPartners: createPartner,
}

/** Slow creates: they take effect even if the caller has disconnected meanwhile. */
export interface LateCreates {
  ms: number
  /** Number of further creates to delay. */
  left: number
  /** Number under way. */
  pending: number
}

/** The Service Layer of one version, below `/b1s/<version>`. */
export function addServiceLayer(
  app: FastifyInstance,
  version: Version,
  company: Company,
  sessions: Sessions,
  late: LateCreates,
): void {
  app.setErrorHandler((error, _request, reply) => sendProblem(reply, version, error))
  app.post('/Login', async ({ body }, reply) => {
    const { body: session, cookies } = sessions.logIn(body)
    const metadata = { 'odata.metadata': `/b1s/${version}/$metadata#B1Sessions/@Element` }
    return reply.header('set-cookie', [...cookies]).send({ ...(version === 'v1' ? metadata : {}), ...session })
  })
  app.post('/Logout', async ({ headers }, reply) => {
    sessions.logOut(headers.cookie)
    return reply.code(204).send()
  })
  app.route<{ Params: { '*': string } }>({
    method: ['GET', 'POST', 'PATCH'],
    url: '/*',
    handler: async (request, reply) => {
      sessions.check(request.headers.cookie)
      const target = parseTarget(request.params['*'])
      if (request.method === 'POST' && target.key === undefined && late.left > 0) {
        late.left -= 1
        late.pending += 1
        await delay(late.ms)
        late.pending -= 1
      }
      const work = () => answer(company, version, target, request, reply)
      return request.method === 'GET' ? work() : company.store.change(work)
    },
  })
}

interface Target {
  readonly collection: Collection
  readonly key: string | undefined
  /** Path after the key: an action or `$count`. */
  readonly rest: string | undefined
}

/** `Orders`, `Orders(22)`, `Items('A''1')`, `Orders(22)/Cancel`, `Orders/$count`. */
function parseTarget(path: string): Target {
  const [, collection, key, rest] = /^(\w+)(?:\((.*)\))?(?:\/([\w$]+))?$/.exec(path) ?? []
  const known = collections.find((name) => name === collection)
  if (known === undefined) throw new SapProblem(400, -1000, `Resource not found for the segment '${path}'`)
  return { collection: known, key: key === undefined ? undefined : keyOf(known, key), rest }
}

function keyOf(collection: Collection, text: string): string {
  const isNumber = ['DocEntry', 'Code', 'PriceListNo'].includes(keyNames[collection])
  const literal = isNumber ? /^(\d+)$/.exec(text)?.[1] : /^'((?:[^']|'')*)'$/.exec(text)?.[1]?.replaceAll("''", "'")
  if (literal !== undefined) return literal
  throw new SapProblem(400, 201, `Invalid key in '${collection}(${text})'`)
}

function answer(
  company: Company,
  version: Version,
  { collection, key, rest }: Target,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { store } = company
  if (key === undefined && request.method === 'GET') {
    if (rest !== '$count') return answerList(store, collection, version, request, reply)
    return reply.type('text/plain').send(String(countOf(store, collection, request.query as Record<string, string>)))
  }
  if (key === undefined) return create(company, version, collection, request, reply)
  const entity = store.get(collection, key)
  if (entity === undefined) throw notFound()
  if (request.method === 'GET') return reply.send(shown(entity, collection, version, request))
  if (request.method === 'POST') act(company, collection, key, rest)
  else change(company, collection, entity, request)
  return reply.code(204).send()
}

function create(
  company: Company,
  version: Version,
  collection: Collection,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const make = creators[collection]
  if (make === undefined || request.method !== 'POST') throw new SapProblem(405, -1, 'Method not allowed')
  const made = make(company, asObject(request.body))
  const key = made[keyNames[collection]]
  const literal = typeof key === 'number' ? key : `'${key}'`
  reply.header('location', `https://${request.host}/b1s/${version}/${collection}(${literal})`)
  if (String(request.headers['prefer'] ?? '').includes('return-no-content')) return reply.code(204).send()
  return reply.code(201).send(shown(made, collection, version, request))
}

function act(company: Company, collection: Collection, key: string, action: string | undefined): void {
  if (collection === 'Orders' && (action === 'Cancel' || action === 'Close')) endOrder(company, key, action)
  else if (collection === 'DeliveryNotes' && action === 'Cancel') cancelDelivery(company, key)
  else throw new SapProblem(400, -1000, `Action '${action}' is invalid`)
}

function change(company: Company, collection: Collection, entity: Entity, request: FastifyRequest): void {
  const match = request.headers['if-match']
  if (match !== undefined && match !== '*' && match !== etagOf(entity)) {
    const text = 'Another user or another operation modified data; to continue, open the window again (ODBC -2039)'
    throw new SapProblem(412, -2039, text)
  }
  const body = asObject(request.body)
  const replaceLists = String(request.headers['b1s-replacecollectionsonpatch'] ?? '') === 'true'
  if (collection === 'Orders') changeOrder(company, entity, body, replaceLists)
  else if (collection === 'DeliveryNotes') changeDelivery(company, entity, body)
  else if (collection === 'BusinessPartners') changePartner(company, entity, body)
  else throw new SapProblem(405, -1, 'Method not allowed')
}

function shown(entity: Entity, collection: Collection, version: Version, request: FastifyRequest): Entity {
  return { ...metadataOf(collection, version, request), ...annotated(entity, entity, version) }
}
