import helmet from '@fastify/helmet'
import type { FastifyInstance } from 'fastify'

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
 * What browsers and caches may do with answers: nothing but feeds is kept, no other site embeds or reads any of it. `isEncrypted`: also tells browsers to come by TLS alone.
 */
export function guardResponses(app: FastifyInstance, isEncrypted: boolean): void {
  app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: ofData },
    strictTransportSecurity: isEncrypted,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  })
  app.addHook('onSend', async (request, reply) => {
    // Feeds say nothing of persons; everything else may, problems too.
    if (reply.hasHeader('cache-control') || request.url.startsWith('/v1/feeds/')) return
    reply.header('cache-control', 'no-store')
  })
}
