import { type JSX, Match, Show, Switch } from 'solid-js'
import type { TestOutcome } from '../../api/tests.ts'
import { Findings, FindingsBadge } from '../../parts/findings.tsx'
import { Icon } from '../../parts/icons.tsx'
import { ProblemNote, Skeleton } from '../../parts/parts.tsx'
import { Time } from '../../parts/when.tsx'
import { texts } from '../../texts.ts'

/** State of a test. */
export interface Testing {
  readonly isIdle: boolean
  readonly isPending: boolean
  readonly error: Error | null
  readonly data: TestOutcome | undefined
  readonly again: () => void
  readonly close: () => void
}

/** Findings of a test of a system or connection. */
export function TestPanel(props: { readonly of: Testing; readonly title: string }): JSX.Element {
  return (
    <Show when={!props.of.isIdle}>
      <section class="card test-panel" aria-label={props.title}>
        <div class="card-head">
          <h2>{props.title}</h2>
          <Show when={!props.of.isPending && props.of.data}>
            {(outcome) => (
              <>
                <FindingsBadge of={outcome().findings} />
                <span class="soft test-time">
                  <Time at={outcome().at} />
                </span>
              </>
            )}
          </Show>
          <button
            type="button"
            class="icon-button"
            aria-label={texts.tests.close}
            title={texts.tests.close}
            onClick={() => props.of.close()}
          >
            <Icon name="close" size={14} />
          </button>
        </div>
        <Switch>
          <Match when={props.of.isPending}>
            <Skeleton lines={3} tall />
          </Match>
          <Match when={props.of.error}>
            {(error) => (
              <div class="document-note">
                <ProblemNote error={error()} again={props.of.again} />
              </div>
            )}
          </Match>
          <Match when={props.of.data}>{(outcome) => <Findings of={outcome().findings} />}</Match>
        </Switch>
      </section>
    </Show>
  )
}
