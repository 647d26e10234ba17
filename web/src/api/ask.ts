import { key, noteRefusal } from '../session.ts'
import { texts } from '../texts.ts'
import { apiHeaders, takeEarly } from './early.ts'
import { noteAction } from './live-state.ts'

export interface Mistake {
  readonly field: string
  readonly message: string
}

interface ProblemParts {
  readonly code: string
  readonly status: number
  readonly field?: string | null
  readonly mistakes?: readonly Mistake[]
}

/** The API's problem document, or that it does not answer (`unreachable`). */
export class ApiProblem extends Error {
  readonly code: string
  readonly status: number
  readonly field: string | null
  /** Everything that is wrong, where several things may be. */
  readonly mistakes: readonly Mistake[]

  constructor(message: string, { code, status, field, mistakes }: ProblemParts) {
    super(message)
    this.code = code
    this.status = status
    this.field = field ?? null
    this.mistakes = mistakes ?? []
  }
}

interface Asking {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly body?: unknown
  /** The revision that a change is made on; null: there is none yet. */
  readonly revision?: number | null
  readonly signal?: AbortSignal
  /** What is sent again under it is the same request. */
  readonly key?: string
  /** Instead of that of the session: to try it. */
  readonly withKey?: string
}

/** Asks the API. Throws `ApiProblem`; one that asks for a key is noted in the session, unless the key was only tried. */
export async function ask<T>(
  path: string,
  { method = 'GET', body, signal, withKey, revision, key: idempotencyKey }: Asking = {},
): Promise<T> {
  if (method !== 'GET') noteAction()
  const bearer = withKey ?? key()
  const early = method === 'GET' && withKey === undefined ? takeEarly(path, bearer) : undefined
  const asking =
    early ??
    fetch(path, {
      method,
      signal: signal ?? null,
      headers: {
        ...apiHeaders(bearer),
        ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
        ...(revision === undefined
          ? {}
          : revision === null
            ? { 'if-none-match': '*' }
            : { 'if-match': `"${revision}"` }),
      },
      ...(method === 'GET' ? {} : { body: JSON.stringify(body ?? {}) }),
    })
  const response = await asking.catch((cause: unknown) => {
    if (signal?.aborted) throw cause
    throw new ApiProblem(texts.problem.unreachable, { code: 'unreachable', status: 0 })
  })
  const text = await response.text()
  // What was removed is answered with nothing.
  if (response.ok) return (text === '' ? null : JSON.parse(text)) as T
  if (response.status === 401 && withKey === undefined) noteRefusal()
  throw problemOf(response.status, text)
}

/** There is no such thing, or not yet. */
export function isMissing(error: unknown): boolean {
  return error instanceof ApiProblem && error.status === 404
}

/** Somebody else changed it since it was read, or created it. */
export function isChangedMeanwhile(error: unknown): boolean {
  return error instanceof ApiProblem && error.code === 'revision_differs'
}

interface ProblemText {
  readonly detail: string
  readonly code: string
  readonly field?: string
  readonly errors?: readonly Mistake[]
}

function problemOf(status: number, text: string): ApiProblem {
  try {
    const { detail, code, field, errors } = JSON.parse(text) as ProblemText
    return new ApiProblem(detail, { code, status, field: field ?? null, mistakes: errors ?? [] })
  } catch {
    // What stands between the page and the API answered instead.
    return new ApiProblem(texts.problem.unreachable, { code: 'unreachable', status })
  }
}

/** The query of an address, without what is empty. */
export function queryText(query: Readonly<Record<string, string | number | boolean | null | undefined>>): string {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== '')
  return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`
}
