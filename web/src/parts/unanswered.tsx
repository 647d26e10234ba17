import { type JSX, Match, Show } from 'solid-js'
import { ProblemNote, Skeleton } from './parts.tsx'

/** The fields of a query used here. */
export interface Asked {
  readonly isError: boolean
  readonly isPending: boolean
  readonly error: Error | null
  readonly refetch: () => Promise<unknown>
}

/**
 * In a `Switch`: placeholder while a query has no answer, about as many lines as the answer will have; or the reason
 * why there is none.
 */
export function Unanswered(props: {
  readonly of: Asked
  readonly lines: number
  /** The answer has its own frame, or needs none. */
  readonly framed?: boolean
}): JSX.Element {
  return (
    <>
      <Match when={props.of.isError}>
        <ProblemNote error={props.of.error} again={() => void props.of.refetch()} />
      </Match>
      <Match when={props.of.isPending}>
        <Show when={props.framed} fallback={<Skeleton lines={props.lines} tall />}>
          <div class="card">
            <Skeleton lines={props.lines} tall />
          </div>
        </Show>
      </Match>
    </>
  )
}
