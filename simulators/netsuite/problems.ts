import type { FastifyReply } from 'fastify'

/** One entry of `o:errorDetails`: the code and the place of the error. */
export interface ProblemDetail {
  detail: string
  code: string
  path?: string
  queryParam?: string
  header?: string
}

const sections: Record<number, readonly [title: string, section: string]> = {
  400: ['Bad Request', '15.5.1'],
  401: ['Unauthorized', '15.5.2'],
  403: ['Forbidden', '15.5.4'],
  404: ['Not Found', '15.5.5'],
  405: ['Method Not Allowed', '15.5.6'],
  429: ['Too Many Requests', '15.5'],
  500: ['Internal Server Error', '15.6.1'],
}

/** An error as NetSuite's REST services return it; thrown by handlers, sent by the app's error handler. */
export class NetSuiteProblem extends Error {
  readonly status: number
  readonly details: readonly ProblemDetail[]

  constructor(status: number, ...details: ProblemDetail[]) {
    super(details.map(({ detail }) => detail).join(' '))
    this.status = status
    this.details = details
  }

  body(): object {
    const [title, section] = sections[this.status] ?? ['Error', '15']
    return {
      type: `https://www.rfc-editor.org/rfc/rfc9110.html#section-${section}`,
      title,
      status: this.status,
      'o:errorDetails': this.details.map(({ detail, code, path, queryParam, header }) => ({
        detail,
        ...(path !== undefined && { 'o:errorPath': path }),
        ...(queryParam !== undefined && { 'o:errorQueryParam': queryParam }),
        ...(header !== undefined && { 'o:errorHeader': header }),
        'o:errorCode': code,
      })),
    }
  }
}

/** 400 INVALID_CONTENT at a path of the body. */
export function invalidContent(path: string, detail: string): NetSuiteProblem {
  return new NetSuiteProblem(400, {
    detail: `Error while accessing a resource. ${detail}`,
    code: 'INVALID_CONTENT',
    path,
  })
}

/** 400 USER_ERROR: the record as a whole can't be saved. */
export function userError(detail: string): NetSuiteProblem {
  return new NetSuiteProblem(400, { detail: `Error while accessing a resource. ${detail}`, code: 'USER_ERROR' })
}

/** 400 UNIQUE_CUST_ID_REQD, in NetSuite's words as found in public logs. */
export function notUnique(): NetSuiteProblem {
  const detail =
    'Error while accessing a resource. A customer record with this ID already exists. You must enter a unique customer ID for each record you create.'
  return new NetSuiteProblem(400, { detail, code: 'UNIQUE_CUST_ID_REQD' })
}

/**
 * 400 USER_ERROR: NetSuite computes the field, or the account's features and form do not allow setting it. The words
 * are those that its users quote (NetSweet/netsuite#124; salto-io/salto, netsuite-adapter); SOAP calls it
 * INSUFFICIENT_PERMISSION.
 */
export function notSettable(name: string, path: string): NetSuiteProblem {
  const detail =
    `Error while accessing a resource. You do not have permissions to set a value for element ${name.toLowerCase()} ` +
    'due to one of the following reasons: 1) The field is read-only; 2) An associated feature is disabled; 3) The field is ' +
    'available either when a record is created or updated, but not in both cases.'
  return new NetSuiteProblem(400, { detail, code: 'USER_ERROR', path })
}

export function notFound(): NetSuiteProblem {
  const detail = 'The record instance does not exist. Provide a valid record instance ID.'
  return new NetSuiteProblem(404, { detail, code: 'NONEXISTENT_ID' })
}

/**
 * Sends any thrown value: a problem as is, a client error of the framework as INVALID_REQUEST, anything else as 500.
 */
export function sendProblem(reply: FastifyReply, error: unknown): FastifyReply {
  const problem = error instanceof NetSuiteProblem ? error : foreignProblem(error)
  return reply
    .code(problem.status)
    .type('application/vnd.oracle.resource+json; type=error; charset=utf-8')
    .send(JSON.stringify(problem.body()))
}

function foreignProblem(error: unknown): NetSuiteProblem {
  const { statusCode, message } = Object(error) as { statusCode?: number; message?: string }
  if (statusCode !== undefined && statusCode < 500) {
    return new NetSuiteProblem(statusCode, { detail: message ?? 'Invalid request.', code: 'INVALID_REQUEST' })
  }
  return new NetSuiteProblem(500, {
    detail: `An unexpected error occurred. ${message ?? ''}`.trim(),
    code: 'UNEXPECTED_ERROR',
  })
}
