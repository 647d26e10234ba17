import type { ErrorCode } from '../errors.ts'

/** A request that HTTP rules reject, with the HTTP status and headers. */
export class HttpError extends Error {
  readonly statusCode: number
  readonly errorCode: ErrorCode
  readonly headers: Readonly<Record<string, string>>

  constructor(
    statusCode: number,
    message: string,
    options: { readonly code?: ErrorCode; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message)
    this.name = 'HttpError'
    this.statusCode = statusCode
    this.errorCode = options.code ?? 'request_invalid'
    this.headers = options.headers ?? {}
  }
}
