import type { ServerResponse } from 'node:http'

/** One request. `status` is 0 until it is answered, and stays 0 if its connection was closed without an answer. */
export interface LoggedRequest {
  method: string
  path: string
  /** The query without possible credentials. */
  query: string
  status: number
  /** Arrival time, ISO 8601. */
  at: string
  ms: number
}

/** The last requests in order of arrival. Headers and bodies are never stored: they hold secrets. */
export class RequestLog {
  readonly #limit: number
  #entries: LoggedRequest[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  open(method: string, url: string, response: ServerResponse): void {
    const [path = url, query = ''] = url.split('?', 2)
    const started = Date.now()
    const entry = { method, path, query: withoutSecrets(query), status: 0, at: new Date(started).toISOString(), ms: 0 }
    this.#entries.push(entry)
    if (this.#entries.length > this.#limit) this.#entries.shift()
    const settle = () => {
      entry.ms = Date.now() - started
      if (response.writableEnded && !response.errored && response.headersSent) entry.status = response.statusCode
    }
    response.once('finish', settle)
    response.once('close', () => {
      entry.ms = Date.now() - started
    })
  }

  /** Requests that arrived at or after `since` (ISO 8601); all if absent. */
  list(since?: string): LoggedRequest[] {
    if (since === undefined) return this.#entries
    const from = Date.parse(since)
    if (Number.isNaN(from)) throw new Error('"since" must be a time in ISO 8601, for example 2026-03-02T10:00:00Z.')
    return this.#entries.filter(({ at }) => Date.parse(at) >= from)
  }

  clear(): void {
    this.#entries = []
  }
}

function withoutSecrets(query: string): string {
  return query
    .split('&')
    .filter((pair) => !/oauth|token|secret|password|signature/i.test(pair.split('=', 1)[0] ?? ''))
    .join('&')
}
