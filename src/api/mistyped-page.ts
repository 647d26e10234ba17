import type { FastifyReply, FastifyRequest } from 'fastify'
import type { PageFiles } from './page-files.ts'
import { ofPageAlone } from './response-headers.ts'
import { sendWhole } from './send-file.ts'

/** Paths of programs; addresses below them do not belong to the page. */
const OF_PROGRAMS = ['v1', 'health', 'docs', 'assets', 'openapi.json']

/** Whether a browser requests an unknown address that could be one of the page. */
export function isMistypedPage(request: FastifyRequest): boolean {
  const { method, url, headers, is404 } = request
  // Every request is asked about, several times.
  if (!is404) return false
  const [, first = ''] = url.split(/[/?#]/)
  return method === 'GET' && /\btext\/html\b/.test(headers.accept ?? '') && !OF_PROGRAMS.includes(first)
}

/**
 * Sends a browser the page, which shows that the address does not exist; null: it does not apply, or there is no page.
 */
export function answerMistypedPage(
  page: PageFiles | null,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply | null {
  if (page === null || !isMistypedPage(request)) return null
  return sendWhole(request, reply.code(404).headers(ofPageAlone(page)), page.index)
}
