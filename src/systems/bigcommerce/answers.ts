import { StreamError } from '../../errors.ts'
import type { HttpAnswer } from '../../platform/http.ts'
import { isWire, textOf, type Wire, wireOf } from '../kit/wire.ts'

const STATUS_CODES: Readonly<Record<number, StreamError['code']>> = {
  401: 'credentials_refused',
  403: 'permission_missing',
  404: 'not_found',
  423: 'target_unavailable',
}

/**
 * Converts an error response of BigCommerce to a StreamError: of v3 (an object with `title` and `errors`), v2 (a list
 * with `message`) or B2B Edition (`meta.message`, `data.errMsg`). Undefined if the body has none of these forms. Values
 * are not repeated, because they may be personal data.
 */
export function bigcommerceError(status: number, body: unknown): StreamError | undefined {
  const problem = readProblem(body)
  if (problem === undefined) return undefined
  const { text, fields } = problem
  const named = fields.length === 0 ? '' : ` (${fields.join('; ')})`
  const field = fields[0]?.split(':', 1)[0]
  const message = `BigCommerce answered ${status}: ${text}${named}`
  const details = { status }
  return new StreamError(STATUS_CODES[status] ?? 'target_rejected', message, {
    details,
    ...(field === undefined ? {} : { field }),
  })
}

interface Problem {
  readonly text: string
  readonly fields: readonly string[]
}

function readProblem(body: unknown): Problem | undefined {
  if (Array.isArray(body)) {
    const texts = body.filter(isWire).map((one) => textOf(one['message']))
    const text = texts.filter((one) => one !== null).join(' ')
    return text === '' ? undefined : { text, fields: [] }
  }
  if (!isWire(body)) return undefined
  const meta = textOf(wireOf(body['meta'])['message'])
  if (meta !== null) return { text: meta, fields: fieldsOf(wireOf(wireOf(body['data'])['errMsg'])) }
  const title = textOf(body['title']) ?? textOf(body['message'])
  return title === null ? undefined : { text: title, fields: fieldsOf(wireOf(body['errors'])) }
}

/** At most three: a batch may have one per item. */
function fieldsOf(errors: Wire): readonly string[] {
  return Object.entries(errors)
    .slice(0, 3)
    .map(([name, value]) => `${name}: ${textOf(value) ?? 'is invalid'}`)
}

/**
 * Returns the response if its JSON is complete. Otherwise it was cut off, or is XML that v2 writes for other clients:
 * retriable.
 */
export function wholeJson(what: string, answer: HttpAnswer): HttpAnswer {
  if (answer.status === 204 || answer.json !== undefined) return answer
  // Deletions have an empty response; reads never do.
  if (answer.text.trim() === '' && !what.startsWith('GET ')) return answer
  const type = answer.headers.get('content-type') ?? 'no content type'
  throw new StreamError('target_unavailable', `${what}: the answer is not complete JSON (${type})`, {
    details: { status: answer.status },
  })
}
