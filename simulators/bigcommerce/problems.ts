import type { FastifyReply } from 'fastify'

/** An error; routes throw it, and the error handler formats it for the API version called. */
export class BigCommerceError extends Error {
  readonly status: number
  readonly errors: Readonly<Record<string, string>>

  constructor(status: number, title: string, errors: Readonly<Record<string, string>> = {}) {
    super(title)
    this.status = status
    this.errors = errors
  }
}

const TYPE = 'https://developer.bigcommerce.com/api-docs/getting-started/api-status-codes'

/** v2: a list of messages; v3: an object, with inventory errors as problem documents. */
export async function sendProblem(
  reply: FastifyReply,
  url: string,
  status: number,
  title: string,
  errors: Readonly<Record<string, string>> = {},
): Promise<void> {
  if (url.includes('/v2/')) {
    await reply.code(status).send([{ status, message: title }])
    return
  }
  const type = url.includes('/inventory/') ? 'application/problem+json' : 'application/json'
  await reply
    .code(status)
    .type(type)
    .send(JSON.stringify({ status, title, type: TYPE, errors }))
}
