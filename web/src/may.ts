import { useCaller } from './caller.tsx'

/** Whether the caller has a scope. The page does not offer what the API would refuse. */
export function useMay(): (scope: string) => boolean {
  const caller = useCaller()
  return (scope) => caller()?.scopes.includes(scope) ?? false
}
