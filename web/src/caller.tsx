import { createContext, type JSX, useContext } from 'solid-js'
import type { Caller } from './api/answers.ts'
import { callerQuery } from './api/queries.ts'
import { useQuery } from './api/use-query.ts'

const CALLER_MS = 60_000

const Known = createContext<() => Caller | undefined>(() => undefined)

/** Fetches the caller once for all children: separate queries would be slower. */
export function WithCaller(props: { readonly children: JSX.Element }): JSX.Element {
  const caller = useQuery(() => ({ ...callerQuery(), refetchInterval: CALLER_MS }))
  return <Known.Provider value={() => (caller.isSuccess ? caller.data : undefined)}>{props.children}</Known.Provider>
}

/** Undefined: not known yet. */
export function useCaller(): () => Caller | undefined {
  return useContext(Known)
}
