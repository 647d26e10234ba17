import type { FastifyPluginAsync } from 'fastify'
import { HttpError } from '../http-error.ts'
import type { PageFiles } from '../page-files.ts'
import { ofPage } from '../response-headers.ts'
import { sendFile } from '../send-file.ts'

/** Addresses of the control tower. All return the same file, which shows the view for its address. */
export const pagePaths = [
  '/',
  '/orders',
  '/orders/*',
  '/problems',
  '/problems/*',
  '/connections',
  '/connections/*',
  '/systems/*',
  '/products',
  '/products/*',
  '/tasks',
  '/tasks/*',
  '/demo',
  '/resync',
  '/resync/*',
  '/keys',
  '/audit',
  '/system',
  '/new/*',
] as const

const NOT_BUILT =
  'the page is not built: build it with "npm run page", or use "npm start", which builds it; /v1 lists what the API has'

/**
 * The control tower, open to everybody: it contains no data, and calls the API like any other client, with its user's
 * key. `page`: null if it is not built.
 */
export function pageRoutes(page: PageFiles | null): FastifyPluginAsync {
  return async (app) => {
    const options = {
      schema: { hide: true },
      helmet: { contentSecurityPolicy: { useDefaults: false, directives: ofPage(page ?? { inlineStyles: [] }) } },
    }
    for (const path of pagePaths) {
      app.get(path, options, async (request, reply) => {
        if (page === null) throw new HttpError(404, NOT_BUILT, { code: 'not_found' })
        return sendFile(request, reply.header('cache-control', 'no-cache'), page.index)
      })
    }
    app.get<{ Params: { name: string } }>('/assets/:name', options, async (request, reply) => {
      const file = page?.assets.get(request.params.name)
      if (file === undefined) {
        const message = 'the page has no such file; reload the page, which may be of another version'
        throw new HttpError(404, message, { code: 'not_found' })
      }
      return sendFile(request, reply.header('cache-control', 'public, max-age=31536000, immutable'), file)
    })
  }
}
