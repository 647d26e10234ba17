import helmet from '@fastify/helmet'
import type { FastifyInstance } from 'fastify'
import type { PageFiles } from './page-files.ts'

const none = ["'none'"]
const self = ["'self'"]

/** For responses to programs: a browser that shows one as a page allows it nothing. */
const ofData = { 'default-src': none, 'base-uri': none, 'form-action': none, 'frame-ancestors': none }

/** For the page that shows the API: its own files, requests to this API, and inline styles. */
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
 * For the control tower: its own files, requests to this API, and only the inline styles of its build. Product images
 * come from any https address, since vendors host them.
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

/** Headers of the control tower for responses without a route, also for a URL that cannot be decoded. */
export const ofPageAlone = (page: PageFiles) => ({
  'content-security-policy': Object.entries(ofPage(page))
    .map(([directive, sources]) => `${directive} ${sources.join(' ')}`)
    .join(';'),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
})

/** For the page of a shared order, which has no script and uses the control tower's styles. */
export const ofSharedOrder = {
  'default-src': none,
  'style-src': self,
  'font-src': self,
  'base-uri': none,
  'form-action': none,
  'frame-ancestors': none,
}

/** The same where the holder of the link may answer: its forms may be sent to this API. */
export const ofAnsweredOrder =
  "default-src 'none';style-src 'self';font-src 'self';base-uri 'none';form-action 'self';frame-ancestors 'none'"

/**
 * Security headers of all responses: caches may store only feeds, and no other site may embed or read a response.
 * `isEncrypted`: also tells browsers to use only TLS.
 */
export function guardResponses(app: FastifyInstance, isEncrypted: boolean): void {
  // Helmet computes the same headers for each request, so they are computed once for all routes without their own
  // policy.
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
    // Only feeds are without personal data; even problems may contain some.
    if (reply.hasHeader('cache-control') || request.url.startsWith('/v1/feeds/')) return
    reply.header('cache-control', 'no-store')
  })
}
