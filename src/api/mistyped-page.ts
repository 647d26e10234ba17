import type { FastifyReply, FastifyRequest } from 'fastify'
import type { PageFiles } from './page-files.ts'
import { ofPageAlone } from './response-headers.ts'
import { sendWhole } from './send-file.ts'

/** What programs ask for: an address below these is none of the page. */
const OF_PROGRAMS = ['v1', 'health', 'docs', 'assets', 'openapi.json']

/** Whether somebody has a browser show an address that is nothing, and could be one of the page. */
export function isMistypedPage(request: FastifyRequest): boolean {
  const { method, url, headers, is404 } = request
  const [, first = ''] = url.split(/[/?#]/)
  return is404 && method === 'GET' && /\btext\/html\b/.test(headers.accept ?? '') && !OF_PROGRAMS.includes(first)
}

/** Answers a browser with the page, which says that nothing is at that address; null: it is not asked for, or not built. */
export function answerMistypedPage(
  page: PageFiles | null,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply | null {
  if (page === null || !isMistypedPage(request)) return null
  return sendWhole(request, reply.code(404).headers(ofPageAlone(page)), page.index)
}
