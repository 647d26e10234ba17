import helmet from '@fastify/helmet'
import type { FastifyInstance } from 'fastify'
import type { PageFiles } from './page-files.ts'

const none = ["'none'"]
const self = ["'self'"]

/** For answers that are read by programs: a browser that shows one as a page lets it do nothing. */
const ofData = { 'default-src': none, 'base-uri': none, 'form-action': none, 'frame-ancestors': none }

/** For the page that shows the API: its own files, and requests to this API. It sets styles as it goes. */
export const ofDocs = {
  'default-src': none,
  'script-src': self,
  'style-src': [...self, "'unsafe-inline'"],
  'img-src': [...self, 'data:'],
  'font-src': self,
  'connect-src': self,
  'base-uri': none,
  'form-action': none,
  'frame-ancestors': none,
}

/**
 * For the control tower: its own files, and requests to this API. It has no other scripts, and no other styles than those that
 * its build put into the index. Pictures of products are where their vendors have them.
 */
export const ofPage = ({ inlineStyles }: Pick<PageFiles, 'inlineStyles'>) => ({
  'default-src': none,
  'script-src': self,
  'style-src': [...self, ...inlineStyles],
  'img-src': [...self, 'https:'],
  'font-src': self,
  'connect-src': self,
  'base-uri': none,
  'form-action': none,
  'frame-ancestors': none,
})

/** Headers of the control tower where no hook of a route sets them: for an address that can't be read, too. */
export const ofPageAlone = (page: PageFiles) => ({
  'content-security-policy': Object.entries(ofPage(page))
    .map(([directive, sources]) => `${directive} ${sources.join(' ')}`)
    .join(';'),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
})

/** For a page that is made here, and works without script: it has the control tower's styles. */
export const ofSharedOrder = {
  'default-src': none,
  'style-src': self,
  'font-src': self,
  'base-uri': none,
  'form-action': none,
  'frame-ancestors': none,
}

/**
 * What browsers and caches may do with answers: nothing but feeds is kept, no other site embeds or reads any of it. `isEncrypted`: also tells browsers to come by TLS alone.
 */
export function guardResponses(app: FastifyInstance, isEncrypted: boolean): void {
  // What it sets does not depend on the request, but is made anew for each: it is asked once, for the routes with no policy of their own.
  app.register(helmet, {
    global: false,
    contentSecurityPolicy: { useDefaults: false, directives: ofData },
    strictTransportSecurity: isEncrypted,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  })
  let usual: readonly (readonly [name: string, value: string])[] | null = null
  app.addHook('onRequest', async ({ routeOptions: { config } }, { raw, helmet: guard }) => {
    if ('helmet' in config) return
    if (usual === null) {
      guard()
      usual = Object.entries(raw.getHeaders()).map(([name, value]) => [name, String(value)])
    }
    for (const [name, value] of usual) raw.setHeader(name, value)
  })
  app.addHook('onSend', async (request, reply) => {
    // Feeds say nothing of persons; everything else may, problems too.
    if (reply.hasHeader('cache-control') || request.url.startsWith('/v1/feeds/')) return
    reply.header('cache-control', 'no-store')
  })
}
