import type { FastifyRequest } from 'fastify'
import { StreamError } from '../errors.ts'

type WithHeaders = Pick<FastifyRequest, 'headers'>

const LONGEST_ACTOR = 100
const LONGEST_KEY = 200

/** The caller's name in `X-Actor`; `api` without one. */
export function actorOf({ headers }: WithHeaders): string {
  const given = headers['x-actor']
  const name = (Array.isArray(given) ? given[0] : given)?.trim().slice(0, LONGEST_ACTOR)
  return name === undefined || name === '' ? 'api' : name
}

/** The `Idempotency-Key` of a request; null without one. Throws `request_invalid`. */
export function requestKey({ headers }: WithHeaders): string | null {
  const given = headers['idempotency-key']
  if (given === undefined) return null
  const key = Array.isArray(given) ? '' : given.trim()
  if (key !== '' && key.length <= LONGEST_KEY) return key
  throw invalid('idempotency-key', `must be one text of 1 to ${LONGEST_KEY} characters`)
}

/**
 * The revision that a change is based on: `If-Match: "3"` (`*`: any existing one), or `If-None-Match: *` for a new
 * document (null). Undefined: no condition. Throws `request_invalid`.
 */
export function expectedRevision({ headers }: WithHeaders): number | 'any' | null | undefined {
  const match = headers['if-match']
  const none = headers['if-none-match']
  if (none !== undefined) {
    if (none.trim() === '*' && match === undefined) return null
    throw invalid('if-none-match', 'must be *, without if-match')
  }
  if (match === undefined) return undefined
  if (match.trim() === '*') return 'any'
  const revision = /^(?:W\/)?"(\d{1,9})"$|^(\d{1,9})$/.exec(match.trim())
  if (revision === null) throw invalid('if-match', 'must be a revision from the ETag, for example "3"')
  return Number(revision[1] ?? revision[2])
}

export function etagOf(revision: number): string {
  return `"${revision}"`
}

function invalid(field: string, message: string): StreamError {
  return new StreamError('request_invalid', `${field}: ${message}`, { field })
}
