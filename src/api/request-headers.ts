import type { FastifyRequest } from 'fastify'
import { StreamError } from '../errors.ts'

type WithHeaders = Pick<FastifyRequest, 'headers'>

const LONGEST_ACTOR = 100
const LONGEST_KEY = 200

/** Who asks, as they say by `X-Actor`; `api` for those who don't. */
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
  throw invalid('idempotency-key', `takes one text of 1 to ${LONGEST_KEY} characters`)
}

/**
 * The revision that a change is made on: `If-Match: "3"` (`*`: whichever is there), or `If-None-Match: *` for a document
 * that is to be new (null). Undefined: whatever is there. Throws `request_invalid`.
 */
export function expectedRevision({ headers }: WithHeaders): number | 'any' | null | undefined {
  const match = headers['if-match']
  const none = headers['if-none-match']
  if (none !== undefined) {
    if (none.trim() === '*' && match === undefined) return null
    throw invalid('if-none-match', 'takes * alone, and stands alone')
  }
  if (match === undefined) return undefined
  if (match.trim() === '*') return 'any'
  const revision = /^(?:W\/)?"(\d{1,9})"$|^(\d{1,9})$/.exec(match.trim())
  if (revision === null) throw invalid('if-match', 'takes a revision as the ETag gives it, for example "3"')
  return Number(revision[1] ?? revision[2])
}

export function etagOf(revision: number): string {
  return `"${revision}"`
}

function invalid(field: string, message: string): StreamError {
  return new StreamError('request_invalid', `${field}: ${message}`, { field })
}
