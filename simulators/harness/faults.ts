import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'

const kinds = ['status', 'html', 'close', 'slow', 'commit-then-close', 'truncate'] as const

/**
 * One fault: the first rule that matches a request and is not used up is applied to it.
 * - `status`: answers `status` (503) with `headers` and `body`; the request has no effect.
 * - `html`: as `status`, with a gateway's HTML page for a body.
 * - `close`: ends the connection before the request has an effect.
 * - `slow`: waits `delayMs`, then continues normally.
 * - `commit-then-close`: the request has its effect, the answer is never sent.
 * - `truncate`: the request has its effect, the first half of the answer is sent as if it were all of it.
 */
export interface FaultRule {
  /** HTTP method; absent: all. */
  method?: string
  /** Regular expression, tested against the path and against the path with its query. */
  path: string
  kind: (typeof kinds)[number]
  status?: number
  headers?: Record<string, string>
  body?: unknown
  delayMs?: number
  /** Number of requests that it applies to; absent: until the rules are replaced. */
  times?: number
}

interface ActiveRule {
  rule: FaultRule
  pattern: RegExp
  left: number
}

const committing = new WeakSet<FastifyRequest>()
const truncating = new WeakSet<FastifyRequest>()

/** The active rules and how often each may still apply. */
export class FaultSet {
  #active: ActiveRule[] = []

  replace(rules: readonly FaultRule[]): void {
    this.#active = rules.map((rule) => ({
      rule,
      pattern: new RegExp(rule.path),
      left: rule.times ?? Number.POSITIVE_INFINITY,
    }))
  }

  /** The rules with their remaining `times`, without used-up ones. */
  list(): FaultRule[] {
    return this.#active
      .filter(({ left }) => left > 0)
      .map(({ rule, left }) => (Number.isFinite(left) ? { ...rule, times: left } : rule))
  }

  take(method: string, url: string): FaultRule | undefined {
    const path = url.split('?', 1)[0] ?? url
    const found = this.#active.find(
      ({ rule, pattern, left }) =>
        left > 0 &&
        (rule.method === undefined || rule.method.toUpperCase() === method) &&
        (pattern.test(path) || pattern.test(url)),
    )
    if (found === undefined) return undefined
    found.left -= 1
    return found.rule
  }

  closesAfterCommit(request: FastifyRequest): boolean {
    return committing.has(request)
  }

  /** The part of an answer that is sent. */
  sent(request: FastifyRequest, payload: unknown): unknown {
    if (!truncating.has(request)) return payload
    const isPart = typeof payload === 'string' || Buffer.isBuffer(payload)
    return isPart ? payload.slice(0, Math.floor(payload.length / 2)) : payload
  }
}

/** Applies the rule; for `slow`, `commit-then-close` and `truncate` the request then continues to its handler. */
export async function applyFault(rule: FaultRule, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  switch (rule.kind) {
    case 'slow':
      await delay(rule.delayMs ?? 1000)
      return
    case 'commit-then-close':
      committing.add(request)
      return
    case 'truncate':
      truncating.add(request)
      return
    case 'close':
      reply.hijack()
      request.raw.socket.destroy()
      return
    case 'html': {
      const status = rule.status ?? 503
      const page = `<!DOCTYPE html><html><head><title>${status}</title></head><body><h1>Error ${status}</h1></body></html>`
      await reply
        .code(status)
        .headers(rule.headers ?? {})
        .type('text/html')
        .send(rule.body ?? page)
      return
    }
    case 'status':
      await reply
        .code(rule.status ?? 503)
        .headers(rule.headers ?? {})
        .send(rule.body)
  }
}

/** Validates the body of `POST /_sim/faults`. @throws Error that names the rule and the field */
export function parseFaultRules(body: unknown): FaultRule[] {
  if (!Array.isArray(body)) throw new Error('The body must be an array of fault rules; an empty one clears them.')
  return body.map((rule: unknown, index) => {
    const { path, kind } = Object(rule) as Partial<FaultRule>
    if (typeof path !== 'string') throw new Error(`Rule ${index}: "path" must be a regular expression as text.`)
    if (kind === undefined || !kinds.includes(kind))
      throw new Error(`Rule ${index}: "kind" must be ${kinds.join(', ')}.`)
    return rule as FaultRule
  })
}
