import { createSignal, type JSX, Match, Show, Switch } from 'solid-js'
import { useMay } from '../../may.ts'
import { Icon } from '../../parts/icons.tsx'
import { texts } from '../../texts.ts'
import { DiscardDialog, RetryDialog } from './act.tsx'
import type { Target } from './retry-run.ts'

/** Retry and discard for one record or for all of a group. Callers that may not operate see why. */
export function ActButtons(props: {
  /** Label of a retry on the page. */
  readonly name: string
  readonly target: Exclude<Target, { readonly ids: readonly string[] }>
  readonly retry: string
  /** Null: nothing to discard. */
  readonly discard: string | null
  /** The API requires a reason for a retry. */
  readonly needsReason?: boolean
  /** A retry may send the earlier mapping result, or map again. */
  readonly isMappedBefore?: boolean
}): JSX.Element {
  const may = useMay()
  const [asked, setAsked] = createSignal<'retry' | 'discard' | null>(null)
  const why = () => (may('operate') ? undefined : texts.actions.mayNot)
  return (
    <>
      <Show when={props.discard}>
        {(discard) => (
          <button
            type="button"
            class="button danger"
            disabled={!may('operate')}
            title={why()}
            onClick={() => setAsked('discard')}
          >
            <Icon name="discard" size={14} />
            {discard()}
          </button>
        )}
      </Show>
      <button
        type="button"
        class="button primary"
        disabled={!may('operate')}
        title={why()}
        onClick={() => setAsked('retry')}
      >
        <Icon name="retry" size={14} />
        {props.retry}
      </button>
      <Switch>
        <Match when={asked() === 'retry'}>
          <RetryDialog
            name={props.name}
            target={props.target}
            needsReason={props.needsReason ?? false}
            {...(props.isMappedBefore ? { remap: false } : {})}
            onClose={() => setAsked(null)}
          />
        </Match>
        <Match when={asked() === 'discard'}>
          <DiscardDialog target={props.target} onClose={() => setAsked(null)} />
        </Match>
      </Switch>
    </>
  )
}
