import type { ErrorCode } from '../errors.ts'

/** A request that is refused for its form, with the status that HTTP has for it and headers that say what would do. */
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
