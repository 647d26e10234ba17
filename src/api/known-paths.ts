import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { HttpError } from './http-error.ts'

interface Known {
  readonly parts: readonly string[]
  readonly methods: Set<string>
}

/**
 * Answers requests without a route: 404 for an unknown path, 405 with `Allow` for a path with other methods, before the
 * body is read. Call it after access control and before routes are registered. `answer` may send another response;
 * null: it did not.
 */
export function refuseUnknownPaths(
  app: FastifyInstance,
  answer: (request: FastifyRequest, reply: FastifyReply) => FastifyReply | null,
): void {
  const known = new Map<string, Known>()
  app.addHook('onRoute', ({ method, url }) => {
    const one = known.get(url) ?? { parts: partsOf(url), methods: new Set() }
    for (const name of [method].flat()) one.methods.add(name)
    known.set(url, one)
  })
  const refusal = ({ method, url }: { readonly method: string; readonly url: string }) => {
    const path = url.split(/[?#]/, 1)[0] ?? ''
    const given = partsOf(decoded(path))
    const fitting = [...known.values()].filter(({ parts }) => fits(parts, given))
    // Paths with fewer parameters take precedence.
    const fewest = Math.min(...fitting.map(({ parts }) => parts.filter(isAny).length))
    const nearest = fitting.filter(({ parts }) => parts.filter(isAny).length === fewest)
    const allowed = [...new Set(nearest.flatMap((one) => [...one.methods]))].toSorted()
    if (allowed.length === 0 || allowed.includes(method)) {
      return new HttpError(404, `there is no route ${method} ${path}; /openapi.json lists the routes`, {
        code: 'not_found',
      })
    }
    const allow = allowed.join(', ')
    return new HttpError(405, `${path} does not support ${method}; it supports: ${allow}`, {
      code: 'method_not_allowed',
      headers: { allow },
    })
  }
  app.addHook('onRequest', async (request, reply) => {
    if (!request.is404) return
    const answered = answer(request, reply)
    if (answered === null) throw refusal(request)
    return answered
  })
  app.setNotFoundHandler(async (request) => {
    throw refusal(request)
  })
}

function partsOf(path: string): readonly string[] {
  return path.split('/')
}

function decoded(path: string): string {
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}

function isAny(part: string): boolean {
  return part.startsWith(':') || part === '*'
}

/** `:name` matches one part, `*` the rest. */
function fits(parts: readonly string[], given: readonly string[]): boolean {
  const rest = parts.indexOf('*')
  if (rest === -1 && parts.length !== given.length) return false
  const compared = rest === -1 ? parts : parts.slice(0, rest)
  return given.length >= compared.length && compared.every((part, i) => isAny(part) || part === given[i])
}
