import { type JSX, Match, Show } from 'solid-js'
import { ProblemNote, Skeleton } from './parts.tsx'

/** What of a query this looks at. */
export interface Asked {
  readonly isError: boolean
  readonly isPending: boolean
  readonly error: Error | null
  readonly refetch: () => Promise<unknown>
}

/** In a `Switch`: what stands there while a query has no answer, as many lines as the answer will about have; or why it has none. */
export function Unanswered(props: {
  readonly of: Asked
  readonly lines: number
  /** Where the answer brings its own frame, or has none. */
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
