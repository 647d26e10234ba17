import { StreamError } from '../../errors.ts'
import type { HttpAnswer } from '../../platform/http.ts'

/** The answer itself. What is no whole JSON was cut off on its way, or is the XML that v2 writes for others: it may pass. */
export function wholeJson(what: string, answer: HttpAnswer): HttpAnswer {
  if (answer.status === 204 || answer.json !== undefined) return answer
  // Deletions answer nothing; what is to be read never does.
  if (answer.text.trim() === '' && !what.startsWith('GET ')) return answer
  const type = answer.headers.get('content-type') ?? 'no content type'
  throw new StreamError('target_unavailable', `${what}: the answer is no whole JSON (${type})`, {
    details: { status: answer.status },
  })
}
