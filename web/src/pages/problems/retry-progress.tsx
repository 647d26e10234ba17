import { createSignal, For, type JSX, Show } from 'solid-js'
import { Icon } from '../../parts/icons.tsx'
import { ProblemNote } from '../../parts/parts.tsx'
import { texts } from '../../texts.ts'
import { RetryDialog } from './act.tsx'
import type { RetryRun } from './retry-run.ts'
import { dismiss, runs } from './retry-runs.ts'

/** Progress of retries. `name`: only of the retry with that name. */
export function RetryProgress(props: { readonly name?: string }): JSX.Element {
  // Keyed by name, so that a run updates in place.
  const names = () =>
    runs()
      .map(({ name }) => name)
      .filter((name) => props.name === undefined || name === props.name)
  const run = (name: string) => runs().find((one) => one.name === name)
  return <For each={names()}>{(name) => <Show when={run(name)}>{(one) => <Progress run={one()} />}</Show>}</For>
}

function Progress(props: { readonly run: RetryRun }): JSX.Element {
  const [isForcing, setIsForcing] = createSignal(false)
  const isOver = () => props.run.state === 'ended'
  const done = () => props.run.resolved + props.run.failedAgain + props.run.refused.length
  const tone = () => {
    if (props.run.failedAgain > 0 || props.run.error !== null) return 'bad'
    if (props.run.refused.length > 0) return 'warn'
    return isOver() ? 'good' : 'info'
  }
  return (
    <section class="card retry-run" data-tone={tone()} aria-label={texts.retryRun.label}>
      <div class="retry-run-head">
        <p role="status">
          <strong>{isOver() ? texts.retryRun.over : texts.retryRun.states[props.run.state]}</strong>
          <span class="number">{texts.retryRun.figures(props.run)}</span>
        </p>
        <button type="button" class="button small" onClick={() => dismiss(props.run.name)}>
          <Icon name="close" size={14} />
          {isOver() ? texts.retryRun.close : texts.retryRun.leave}
        </button>
      </div>
      <progress
        aria-label={texts.retryRun.label}
        max={Math.max(1, props.run.total)}
        {...(props.run.total === 0 ? {} : { value: done() })}
      />
      <Show when={props.run.error !== null}>
        <ProblemNote error={props.run.error} title={isOver() ? texts.retryRun.stopped : texts.retryRun.waits} />
      </Show>
      <Show when={isOver() && props.run.refused.length > 0}>
        <div class="retry-run-refused">
          <p class="soft">{props.run.refused[0]?.message}</p>
          <button type="button" class="button small" onClick={() => setIsForcing(true)}>
            <Icon name="retry" size={14} />
            {texts.retryRun.force(props.run.refused.length)}
          </button>
        </div>
      </Show>
      <Show when={isForcing()}>
        <RetryDialog
          name={props.run.name}
          target={{ ids: props.run.refused.map(({ id }) => id) }}
          needsReason
          {...(props.run.remap ? { remap: true } : {})}
          onClose={() => setIsForcing(false)}
        />
      </Show>
    </section>
  )
}
