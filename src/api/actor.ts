import type { FastifyRequest } from 'fastify'

const MOST = 100

/** Who asks, as they say by `X-Actor`; `api` for those who don't. */
export function actorOf(request: Pick<FastifyRequest, 'headers'>): string {
  const given = request.headers['x-actor']
  const name = (Array.isArray(given) ? given[0] : given)?.trim().slice(0, MOST)
  return name === undefined || name === '' ? 'api' : name
}
