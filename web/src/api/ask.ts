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

/** The API's problem document, or a failure to reach it (`unreachable`). */
export class ApiProblem extends Error {
  readonly code: string
  readonly status: number
  readonly field: string | null
  /** All mistakes, if there can be several. */
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
  /** The revision that a change is based on; null: there is none yet. */
  readonly revision?: number | null
  readonly signal?: AbortSignal
  /** Idempotency key: sent again under it, it is the same request. */
  readonly key?: string
  /** Used instead of the session's key, to try it. */
  readonly withKey?: string
}

/**
 * Calls the API. Throws `ApiProblem`. If the API requires a key, the session notes that, unless `withKey` was only
 * tried.
 */
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
  // A removal is answered without a body.
  if (response.ok) return (text === '' ? null : JSON.parse(text)) as T
  if (response.status === 401 && withKey === undefined) noteRefusal()
  throw problemOf(response.status, text)
}

/** It does not exist, or not yet. */
export function isMissing(error: unknown): boolean {
  return error instanceof ApiProblem && error.status === 404
}

/** Somebody else changed or created it meanwhile. */
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
    // Something between the page and the API answered instead.
    return new ApiProblem(texts.problem.unreachable, { code: 'unreachable', status })
  }
}

/** The query of an address, without empty values. */
export function queryText(query: Readonly<Record<string, string | number | boolean | null | undefined>>): string {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== '')
  return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`
}
