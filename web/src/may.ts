import { callerQuery } from './api/queries.ts'
import { useQuery } from './api/use-query.ts'

/** Whether who is signed in may do something. What the API would refuse is not offered. */
export function useMay(): (scope: string) => boolean {
  const caller = useQuery(callerQuery)
  return (scope) => caller.isSuccess && caller.data.scopes.includes(scope)
}
