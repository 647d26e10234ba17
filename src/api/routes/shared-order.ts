import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { StreamError } from '../../errors.ts'
import { linkHolder, type OpenedShare, openShareLink, SHARE_PATH } from '../../operations/share-links.ts'
import type { Html } from '../../platform/html.ts'
import { createBoundedNotes } from '../bounded-notes.ts'
import type { ApiDeps } from '../dependencies.ts'
import { HttpError } from '../http-error.ts'
import { ofSharedOrder } from '../response-headers.ts'
import { sharedOrderPage, tooManyPage } from '../shared-order-page.ts'

type Opened = FastifyRequest<{ Params: { token: string } }>

/** Returns an error for an address that was refused too often; null: the request may be answered. */
type RefusalOf = (request: FastifyRequest, error: StreamError) => Promise<HttpError | null>

const TOO_MANY = 429
const statuses = { unknown: 404, expired: 410, revoked: 410, gone: 410 } as const

/**
 * Shows a vendor's part of an order to anyone with the link; its token is the permission and is never logged. A refused
 * token counts as a refused sign-in of the address.
 */
export function sharedOrderRoutes(
  { operations, page = null, clock, logger }: ApiDeps,
  refusalOf: RefusalOf,
): FastifyPluginAsync {
  const dueNow = createBoundedNotes(clock)
  return async (app) => {
    const options = {
      schema: { hide: true },
      helmet: { contentSecurityPolicy: { useDefaults: false, directives: ofSharedOrder } },
    }
    // Rejects an address that was refused too often before any lookup.
    app.setErrorHandler(async (error, _request, reply) => {
      if (!(error instanceof HttpError && error.statusCode === TOO_MANY)) throw error
      return await send(reply.headers({ ...error.headers }), TOO_MANY, tooManyPage(page))
    })
    app.get(`${SHARE_PATH}:token`, options, async (request: Opened, reply) => {
      const opened = await openShareLink(operations, linkHolder, request.params.token)
      if (!('refused' in opened)) return await send(reply, 200, sharedOrderPage(page, opened))
      noteRefusal(request, opened)
      const refusal =
        opened.refused === 'unknown' ? await refusalOf(request, new StreamError('unauthorized', 'no such link')) : null
      if (refusal !== null) throw refusal
      return await send(reply, statuses[opened.refused], sharedOrderPage(page, opened))
    })
  }

  function noteRefusal(
    { ip: address }: FastifyRequest,
    { refused: reason, id }: Extract<OpenedShare, { refused: string }>,
  ) {
    const refused = dueNow(`${address} ${reason}`)
    if (refused !== null) logger.warn({ address, reason, link: id, refused }, 'refused a share link')
  }
}

async function send(reply: FastifyReply, status: number, { html }: Html): Promise<FastifyReply> {
  return await reply
    .code(status)
    .headers({ 'cache-control': 'no-store', 'x-robots-tag': 'noindex, nofollow, noarchive' })
    .type('text/html; charset=utf-8')
    .send(html)
}
