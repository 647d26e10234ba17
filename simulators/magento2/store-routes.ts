import type { FastifyInstance } from 'fastify'
import type { Authorization } from './authorization.ts'
import type { AddRoute } from './routes.ts'

export const storeTimeZone = 'America/Chicago'

/** Base currency of every website. */
export const baseCurrency = 'USD'

/** Store configuration and the administrator's token. `baseUrl` ends with a slash. */
export function addStoreRoutes(add: AddRoute, authorization: Authorization, baseUrl: () => string): void {
  add('GET', '/store/storeConfigs', () => {
    const base = baseUrl()
    return [
      {
        id: 1,
        code: 'default',
        website_id: 1,
        locale: 'en_US',
        base_currency_code: baseCurrency,
        default_display_currency_code: 'USD',
        timezone: storeTimeZone,
        weight_unit: 'kgs',
        base_url: base,
        base_link_url: base,
        base_static_url: `${base}static/`,
        base_media_url: mediaBase(base),
        secure_base_url: base,
        secure_base_link_url: base,
        secure_base_static_url: `${base}static/`,
        secure_base_media_url: mediaBase(base),
      },
    ]
  })
  add('POST', '/integration/admin/token', ({ body }) => authorization.issueAdminToken(body))
}

/** Address of the shop's public files; images are below `catalog/product`. */
export function mediaBase(baseUrl: string): string {
  return `${baseUrl}media/`
}

const pixels: Readonly<Record<string, string>> = {
  png: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  gif: 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7',
  webp: 'UklGRiQAAABXRUJQVlA4IBgAAAAwAQCdASoBAAEAAgA0JaQAA3AA/vuUAAA=',
  jpg: '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA=',
}

/** Every file below the media folder is an image of one pixel in the format of its name. */
export function addMediaFiles(app: FastifyInstance): void {
  app.get<{ Params: { '*': string } }>('/media/catalog/product/*', async (request, reply) => {
    const extension = request.params['*'].split('.').at(-1)?.toLowerCase().replace('jpeg', 'jpg') ?? 'jpg'
    const type = extension in pixels ? extension : 'jpg'
    return reply.type(`image/${type.replace('jpg', 'jpeg')}`).send(Buffer.from(pixels[type] ?? '', 'base64'))
  })
}
