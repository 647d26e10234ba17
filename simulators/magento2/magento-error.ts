import { randomBytes } from 'node:crypto'
import type { FastifyReply } from 'fastify'

/** Extra body fields besides the message: placeholder values as an object (`%name`) or a list (`%1`), and others. */
export interface ErrorDetails {
  parameters?: Record<string, string | number> | (string | number)[]
  errors?: { message: string; parameters?: Record<string, string> }[]
  code?: number
}

/** An error as returned by Magento's REST API; the message keeps its placeholders unexpanded. */
export class MagentoError extends Error {
  readonly status: number
  readonly details: ErrorDetails

  constructor(status: number, message: string, details: ErrorDetails = {}) {
    super(message)
    this.name = 'MagentoError'
    this.status = status
    this.details = details
  }
}

export function noSuchEntity(fieldName: string, fieldValue: string | number): MagentoError {
  return new MagentoError(404, 'No such entity with %fieldName = %fieldValue', {
    parameters: { fieldName, fieldValue },
  })
}

export function noSuchProduct(): MagentoError {
  return new MagentoError(404, "The product that was requested doesn't exist. Verify the product and try again.")
}

export function notAuthorized(resources: string): MagentoError {
  return new MagentoError(401, "The consumer isn't authorized to access %resources.", { parameters: { resources } })
}

export function isRequired(fieldName: string): MagentoError {
  return new MagentoError(400, '"%fieldName" is required. Enter and try again.', { parameters: { fieldName } })
}

/** Answers any error: Magento's own, a broken body (400), everything else as 500 with a report id. */
export function sendError(reply: FastifyReply, error: unknown): FastifyReply {
  if (error instanceof MagentoError) {
    const { parameters, errors, code } = error.details
    const body = { message: error.message, errors, code, parameters }
    return sendJson(reply.code(error.status), body)
  }
  const status = Object(error) as { statusCode?: number }
  if (status.statusCode === 400) return sendJson(reply.code(400), { message: 'Decoding error.' })
  const report = `webapi-${randomBytes(7).toString('hex').slice(0, 13)}`
  const message = `Internal Error. Details are available in Magento log file. Report ID: ${report}`
  return sendJson(reply.code(500), { message })
}

/** Sends any JSON value, also a bare text or `true`, like the vendor. */
export function sendJson(reply: FastifyReply, body: unknown): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(body))
}
