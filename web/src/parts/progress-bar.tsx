import './progress-bar.css'
import { type JSX, Show } from 'solid-js'
import { countText } from '../format.ts'
import { texts } from '../texts.ts'

/** Progress of a count; `total` null: not counted yet. */
export function ProgressBar(props: {
  readonly label: string
  readonly done: number
  readonly total: number | null
}): JSX.Element {
  return (
    <div class="progress-bar">
      <Show
        when={props.total}
        fallback={<span class="number soft">{props.total === 0 ? countText(0) : texts.resync.counting}</span>}
      >
        {(total) => (
          <>
            <progress aria-label={props.label} max={total()} value={Math.min(props.done, total())} />
            <span class="number">{texts.resync.doneOf(countText(props.done), countText(total()))}</span>
          </>
        )}
      </Show>
    </div>
  )
}

/** Progress without a count; `share` null: not known. */
export function ShareBar(props: { readonly label: string; readonly share: number | null }): JSX.Element {
  return (
    <div class="progress-bar alone">
      <Show when={props.share !== null} fallback={<progress aria-label={props.label} />}>
        <progress aria-label={props.label} max={1} value={props.share ?? 0} />
      </Show>
    </div>
  )
}
