import type { FastifyRequest } from 'fastify'
import { StreamError } from '../errors.ts'

const MOST = 200

/** The `Idempotency-Key` of a request; null without one. Throws `request_invalid`. */
export function requestKey({ headers }: Pick<FastifyRequest, 'headers'>): string | null {
  const given = headers['idempotency-key']
  if (given === undefined) return null
  const key = Array.isArray(given) ? '' : given.trim()
  if (key !== '' && key.length <= MOST) return key
  throw new StreamError('request_invalid', `idempotency-key: takes one text of 1 to ${MOST} characters`, {
    field: 'idempotency-key',
  })
}
