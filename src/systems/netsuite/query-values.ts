import { StreamError } from '../../errors.ts'

export type SuiteQlValue = string | number

/** How a query's values are sent: in `params`, or as literals in the query if the account rejects `params`. */
export interface QueryValues {
  /** Sends a query in the way that the account accepts, which the first query with values finds out. */
  send<T>(query: string, params: readonly SuiteQlValue[], ask: (body: QueryBody) => Promise<T>): Promise<T>
}

export interface QueryBody {
  readonly q: string
  readonly params?: readonly SuiteQlValue[]
}

/** A query only reads, so one that is rejected with `params` can be sent again without them. */
export function createQueryValues(): QueryValues {
  let way: 'params' | 'literals' | null = null
  return {
    async send(query, params, ask) {
      if (params.length === 0) return await ask({ q: query })
      const literal = { q: withLiterals(query, params) }
      if (way === 'literals') return await ask(literal)
      try {
        const answer = await ask({ q: query, params })
        way = 'params'
        return answer
      } catch (error) {
        // Once `params` were accepted, a rejection is about the query, unless its field is `params`.
        if (!isRefusal(error) || (way === 'params' && error.field !== 'params')) throw error
        const answer = await ask(literal).catch(() => {
          throw error
        })
        way = 'literals'
        return answer
      }
    },
  }
}

function isRefusal(error: unknown): error is StreamError {
  return error instanceof StreamError && error.details['status'] === 400 && error.policy !== 'retry'
}

/** The query with its question marks replaced by the values, except those within quoted texts. */
export function withLiterals(query: string, params: readonly SuiteQlValue[]): string {
  let next = 0
  const parts = query.split(/('(?:[^']|'')*')/)
  const written = parts.map((part) =>
    part.startsWith("'") ? part : part.replace(/\?/g, () => literalOf(params[next++])),
  )
  if (next === params.length) return written.join('')
  throw new StreamError('unexpected', `a query has ${next} question marks for ${params.length} values`)
}

function literalOf(value: SuiteQlValue | undefined): string {
  return typeof value === 'number' ? String(value) : `'${String(value ?? '').replaceAll("'", "''")}'`
}
