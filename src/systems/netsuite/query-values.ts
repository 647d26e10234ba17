import { StreamError } from '../../errors.ts'

export type SuiteQlValue = string | number

/** How the values of a query are sent: beside it in `params`, or within it as literals, for an account that takes no `params`. */
export interface QueryValues {
  /** Sends a query in the way that the account takes; which one that is, is found out with the first that has values. */
  send<T>(query: string, params: readonly SuiteQlValue[], ask: (body: QueryBody) => Promise<T>): Promise<T>
}

export interface QueryBody {
  readonly q: string
  readonly params?: readonly SuiteQlValue[]
}

/** A query only reads: one that is refused with `params` may be asked again without. */
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
        // Once values were taken so, a refusal is of the query, unless it says otherwise.
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

/** The query with each of its question marks, but for those within texts of its own, replaced by a value. */
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
