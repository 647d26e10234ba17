import { useCaller } from './caller.tsx'

/** Whether who is signed in may do something. What the API would refuse is not offered. */
export function useMay(): (scope: string) => boolean {
  const caller = useCaller()
  return (scope) => caller()?.scopes.includes(scope) ?? false
}
