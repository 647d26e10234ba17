import { type JSX, Match, Show, Switch } from 'solid-js'
import type { Task } from '../../api/answers.ts'
import { now } from '../../clock.ts'
import { ageText, countText } from '../../format.ts'
import { ProgressBar, ShareBar } from '../../parts/progress-bar.tsx'
import { Time } from '../../parts/when.tsx'
import { texts } from '../../texts.ts'
import { processedOf, runProgress } from './run-progress.ts'

const words = texts.runProgress

/** Progress of a run under way: its reading, then the entities on their way to the targets. */
export function Progress(props: { readonly task: Task }): JSX.Element {
  const processed = () => processedOf(props.task)
  const isOver = () => props.task.run_state !== 'due' && props.task.run_state !== 'running'
  return (
    <Switch>
      <Match when={props.task.run_state === 'due'}>
        <section class="card run-progress" aria-label={words.label}>
          <p role="status">{words.due}</p>
        </section>
      </Match>
      <Match when={props.task.run_state === 'running'}>
        <Reading task={props.task} />
      </Match>
      <Match when={isOver() && props.task.state === 'processing' && processed().total > 0}>
        <section class="card run-progress" aria-label={words.label}>
          <strong>{words.processing}</strong>
          <ProgressBar label={words.processing} done={processed().done} total={processed().total} />
        </section>
      </Match>
    </Switch>
  )
}

function Reading(props: { readonly task: Task }): JSX.Element {
  const progress = () => runProgress(props.task, now())
  const isSweep = () => props.task.expected !== null
  const title = () => {
    if (isSweep()) return words.sweeping
    return props.task.missed > 0 || props.task.read_again > 0 ? words.again : words.reading
  }
  const soFar = () => {
    const count = countText(props.task.read_count)
    return isSweep() ? words.keysOf(count, countText(props.task.expected ?? 0)) : words.soFar(count)
  }
  return (
    <section class="card run-progress" aria-label={words.label}>
      <div class="run-progress-head">
        <strong>{title()}</strong>
        <span class="soft">
          <Show when={progress().leftS} fallback={progress().share === null ? words.unknown : ''}>
            {(left) => (isSweep() ? words.left(ageText(left())) : words.leftIfEven(ageText(left())))}
          </Show>
        </span>
      </div>
      <ShareBar label={title()} share={progress().share} />
      <p class="number run-progress-counts">
        <span role="status">{soFar()}</span>
        <span>{words.published(countText(props.task.published))}</span>
        <Show when={props.task.reached_at}>
          {(at) => (
            <span>
              {words.upTo} <Time at={at()} />
            </span>
          )}
        </Show>
      </p>
    </section>
  )
}
