import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { parseFilter } from './filter.ts'
import { invalidProperty, type Version } from './problems.ts'
import { isProperty, typeOf } from './properties.ts'
import { type Collection, type Entity, keyNames, type Store } from './store.ts'

const PAGE_SIZE = 20

type Parameters = Readonly<Record<string, string | undefined>>

/** Answers a list call: filter, sort, skip, top, then one page with the link to the next. */
export function answerList(
  store: Store,
  collection: Collection,
  version: Version,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const query = request.query as Parameters
  const found = select(store, collection, query)
  const skip = Number(query['$skip'] ?? 0)
  const top = query['$top'] === undefined ? Number.POSITIVE_INFINITY : Number(query['$top'])
  const limited = found.slice(skip, skip + top)
  const { size, applied } = pageSize(request)
  const page = limited.slice(0, size)
  if (applied !== undefined) reply.header('preference-applied', applied)
  const at = version === 'v1' ? '' : '@'
  const counted = query['$inlinecount'] === 'allpages' || query['$count'] === 'true'
  const names = query['$select']?.split(',').map((name) => name.trim())
  const body = {
    ...(version === 'v1'
      ? { 'odata.metadata': `${origin(request)}/b1s/v1/$metadata#${collection}` }
      : { '@odata.context': `${origin(request)}/b1s/v2/$metadata#${collection}` }),
    ...(counted ? { [`${at}odata.count`]: version === 'v1' ? String(found.length) : found.length } : {}),
    value: page.map((row) => annotated(only(store, collection, row, names), row, version)),
    ...(page.length < limited.length ? { [`${at}odata.nextLink`]: nextLink(collection, query, skip + size) } : {}),
  }
  return reply.type('application/json;odata=minimalmetadata;charset=utf-8').send(JSON.stringify(body))
}

/** Answers a bare number, as `/$count` does. */
export function countOf(store: Store, collection: Collection, query: Parameters): number {
  return select(store, collection, query).length
}

/** The entity with its etag, for lists and single reads. */
export function annotated(shown: Entity, whole: Readonly<Entity>, version: Version): Entity {
  return { [version === 'v1' ? 'odata.etag' : '@odata.etag']: etagOf(whole), ...shown }
}

export function etagOf(entity: Readonly<Entity>): string {
  return `W/"${createHash('sha1').update(JSON.stringify(entity)).digest('hex').toUpperCase()}"`
}

export function metadataOf(collection: Collection, version: Version, request: FastifyRequest): Entity {
  return version === 'v1'
    ? { 'odata.metadata': `${origin(request)}/b1s/v1/$metadata#${collection}/@Element` }
    : { '@odata.context': `${origin(request)}/b1s/v2/$metadata#${collection}/$entity` }
}

function origin(request: FastifyRequest): string {
  return `https://${request.host}`
}

/** Filters and sorts. @throws SapProblem for an unknown property */
export function select(store: Store, collection: Collection, query: Parameters): readonly Readonly<Entity>[] {
  const type = typeOf(collection)
  const rows = store.all(collection)
  const isKnown = (name: string) => isProperty(store, type, name) || rows[0]?.[name] !== undefined
  const filter = query['$filter']
  const found = filter === undefined ? [...rows] : rows.filter(parseFilter(filter, isKnown))
  const orderBy = (query['$orderby'] ?? keyNames[collection]).split(',').map((part) => part.trim().split(/\s+/))
  return found.sort((a, b) => {
    for (const [name = '', direction] of orderBy) {
      const order = compareValues(a[name] ?? null, b[name] ?? null)
      if (order !== 0) return direction === 'desc' ? -order : order
    }
    return 0
  })
}

function compareValues(a: unknown, b: unknown): number {
  if (a === b) return 0
  if (a === null || b === null) return a === null ? -1 : 1
  return (a as string | number) < (b as string | number) ? -1 : 1
}

function only(store: Store, collection: Collection, row: Readonly<Entity>, names: string[] | undefined): Entity {
  if (names === undefined) return { ...row }
  const type = typeOf(collection)
  for (const name of names) {
    if (!isProperty(store, type, name) && row[name] === undefined) throw invalidProperty(name, type)
  }
  return Object.fromEntries(names.map((name) => [name, row[name] ?? null]))
}

function pageSize({ headers }: FastifyRequest): { size: number; applied: string | undefined } {
  const prefer = /odata\.maxpagesize=(\d+)/.exec(String(headers['prefer'] ?? ''))?.[1]
  const asked = prefer ?? headers['b1s-pagesize']
  const number = asked === undefined ? PAGE_SIZE : Number(asked)
  const applied = prefer === undefined ? undefined : `odata.maxpagesize=${prefer}`
  return { size: number === 0 ? Number.POSITIVE_INFINITY : number, applied }
}

function nextLink(collection: Collection, query: Parameters, skip: number): string {
  const others = Object.entries(query).filter(([name]) => name !== '$skip')
  const kept = others.map(([name, value]) => `${name}=${encodeURIComponent(value ?? '')}`)
  return `${collection}?${[...kept, `$skip=${skip}`].join('&')}`
}
