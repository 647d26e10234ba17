import { useQuery as ask, type QueryKey, type UndefinedInitialDataOptions } from '@tanstack/solid-query'
import { isOutage } from './outage.ts'

/**
 * A query that keeps its data while the API does not answer: it counts as answered then, and the shell shows since when
 * the data is outdated. An error of the request itself is a problem at once, even if there was data before.
 */
export function useQuery<T, K extends QueryKey>(options: UndefinedInitialDataOptions<T, Error, T, K>) {
  const query = ask(options)
  const isKept = () => query.isError && isOutage(query.error) && query.data !== undefined
  return new Proxy(query, {
    get(target, name) {
      if (name === 'isSuccess') return target.isSuccess || isKept()
      if (name === 'isError') return target.isError && !isKept()
      if (name === 'error') return isKept() ? null : target.error
      return Reflect.get(target, name)
    },
  })
}
