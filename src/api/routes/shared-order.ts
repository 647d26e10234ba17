import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { StreamError } from '../../errors.ts'
import { answerKinds, answerShareLink } from '../../operations/answer-share.ts'
import type { Principal } from '../../operations/principal.ts'
import { linkHolder, type OpenedShare, openShareLink, SHARE_PATH } from '../../operations/share-links.ts'
import type { Html } from '../../platform/html.ts'
import { createBoundedNotes } from '../bounded-notes.ts'
import type { ApiDeps } from '../dependencies.ts'
import { HttpError } from '../http-error.ts'
import { ofAnsweredOrder, ofSharedOrder } from '../response-headers.ts'
import { answerIn } from '../shared-order-form.ts'
import { sharedOrderPage, tooManyPage } from '../shared-order-page.ts'

type Opened = FastifyRequest<{ Params: { token: string }; Querystring: { done?: unknown } }>

/** Returns an error for an address that was refused too often; null: the request may be answered. */
type RefusalOf = (request: FastifyRequest, error: StreamError) => Promise<HttpError | null>

const TOO_MANY = 429
const SEE_OTHER = 303
const CONFLICT = 409
/** Larger than any form of the page. */
const FORM_BYTES = 65_536
const statuses = { unknown: 404, expired: 410, revoked: 410, gone: 410 } as const

/**
 * Shows a vendor's part of an order to anyone with the link, and takes their answer if the link allows it; its token is
 * the permission and is never logged. A refused token counts as a refused sign-in of the address.
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
    app.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: FORM_BYTES },
      async (_request: FastifyRequest, body: unknown) => new URLSearchParams(String(body)),
    )
    // A mail scanner that opens the link changes nothing.
    app.get(`${SHARE_PATH}:token`, options, async (request: Opened, reply) => {
      const opened = await openShareLink(operations, holderOf(request), request.params.token)
      if ('refused' in opened) return await refuse(request, reply, opened)
      const done = answerKinds.find((kind) => kind === request.query.done) ?? null
      return await send(answering(reply, opened), 200, sharedOrderPage(page, opened, { done }))
    })
    // No cookie and no sign-in: who sends the form has the secret, so no other site can send it for them.
    app.post(`${SHARE_PATH}:token`, options, async (request: Opened, reply) => {
      const { token } = request.params
      // Before the form is looked at, so that a guessed link counts as one.
      const opened = await openShareLink(operations, linkHolder, token)
      if ('refused' in opened) return await refuse(request, reply, opened)
      const given = answerIn(request.body)
      const answered = await answerShareLink(operations, holderOf(request), token, given)
      if ('refused' in answered) return await refuse(request, reply, answered)
      if ('done' in answered) {
        // So that reloading the page does not send the form again.
        return await reply
          .header('cache-control', 'no-store')
          .redirect(`${SHARE_PATH}${encodeURIComponent(token)}?done=${answered.done}`, SEE_OTHER)
      }
      return await send(answering(reply, answered), CONFLICT, sharedOrderPage(page, answered, { ...answered, given }))
    })

    async function refuse(
      request: Opened,
      reply: FastifyReply,
      opened: Extract<OpenedShare, { refused: string }>,
    ): Promise<FastifyReply> {
      noteRefusal(request, opened)
      const refusal =
        opened.refused === 'unknown' ? await refusalOf(request, new StreamError('unauthorized', 'no such link')) : null
      if (refusal !== null) throw refusal
      return await send(reply, statuses[opened.refused], sharedOrderPage(page, opened))
    }
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

/** For the audit trail: the address that the holder asks from. */
function holderOf({ ip: address }: FastifyRequest): Principal {
  return { ...linkHolder, via: { key: null, address } }
}

function answering(reply: FastifyReply, opened: Extract<OpenedShare, { order: unknown }>): FastifyReply {
  return opened.order.answers === null ? reply : reply.header('content-security-policy', ofAnsweredOrder)
}
