import { A, useNavigate } from '@solidjs/router'
import { createSignal, For, type JSX, Show } from 'solid-js'
import type { SyncRequest, Task } from '../../api/answers.ts'
import { ask } from '../../api/ask.ts'
import { readsQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import { countText } from '../../format.ts'
import { useMay } from '../../may.ts'
import { Icon } from '../../parts/icons.tsx'
import { ReasonDialog } from '../../parts/reason-dialog.tsx'
import { texts } from '../../texts.ts'
import { forgetWritten } from '../../unsaved.ts'
import { productPath } from '../products/product-path.ts'

const words = texts.sweep
const PERCENT = 100

const percentText = (share: number) => `${(share * PERCENT).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`

/** What is gone at a sweep's source, what was or would be deleted, and the sweep that deletes it. */
export function SweepOutcome(props: { readonly task: Task }): JSX.Element {
  const may = useMay()
  const reads = useQuery(readsQuery)
  const [isAsked, setIsAsked] = createSignal(false)
  const gone = () => props.task.gone ?? 0
  const expected = () => props.task.expected ?? 0
  const share = () => (expected() === 0 ? 0 : gone() / expected())
  const isPreview = () => props.task.trigger === 'sweep-preview'
  const isStopped = () => props.task.error?.code === 'too_many_gone'
  const most = () => {
    const read = reads.isSuccess ? reads.data.items.find(({ id }) => id === props.task.read) : undefined
    return read?.sweep?.most_gone ?? null
  }
  const isMuch = () => share() > (most() ?? 1)
  const title = () => {
    if (isStopped()) return words.stoppedTitle
    return isPreview() ? words.previewTitle : words.title
  }
  return (
    <Show when={props.task.gone !== null && props.task.ended_at !== null}>
      <section class="card" aria-labelledby="sweep">
        <div class="card-head">
          <h2 id="sweep">{title()}</h2>
          <Show when={gone() > 0 && (isPreview() || isStopped())}>
            <button
              type="button"
              class="button small danger"
              disabled={!may('operate') || most() === null}
              title={may('operate') ? undefined : texts.actions.mayNot}
              onClick={() => setIsAsked(true)}
            >
              <Icon name="discard" size={14} />
              {words.start(countText(gone()))}
            </button>
          </Show>
        </div>
        <div class="task-facts window-proof">
          <p>
            {gone() === 0
              ? words.none(countText(expected()))
              : words.gone(countText(gone()), countText(expected()), percentText(share()))}
            <Show when={gone() > 0 && isPreview()}> {words.would}</Show>
          </p>
          <Show when={isMuch() && most()}>{(guard) => <p class="warn">{words.guard(percentText(guard()))}</p>}</Show>
          <Show when={props.task.missing.length > 0}>
            <Gone task={props.task} gone={gone()} />
          </Show>
        </div>
        <Show when={isAsked()}>
          <SweepDialog read={props.task.read} gone={gone()} isMuch={isMuch()} onClose={() => setIsAsked(false)} />
        </Show>
      </section>
    </Show>
  )
}

function Gone(props: { readonly task: Task; readonly gone: number }): JSX.Element {
  const connection = () => Object.keys(props.task.connections)[0]
  const shown = () => props.task.missing.length
  return (
    <div>
      <p class="soft">
        {shown() < props.gone
          ? words.examples(countText(shown()), countText(props.gone))
          : words.ofAll(countText(props.gone))}
      </p>
      <ul class="window-missing">
        <For each={props.task.missing}>
          {(key) => (
            <li class="mono">
              <Show when={connection()} fallback={key}>
                {(of) => <A href={productPath(of(), key)}>{key}</A>}
              </Show>
            </li>
          )}
        </For>
      </ul>
    </div>
  )
}

function SweepDialog(props: {
  readonly read: string
  readonly gone: number
  /** More than the read allows: a person must confirm it. */
  readonly isMuch: boolean
  readonly onClose: () => void
}): JSX.Element {
  const navigate = useNavigate()
  const [isAccepted, setIsAccepted] = createSignal(false)
  const act = async (reason: string) => {
    const sweep = props.isMuch ? 'accept' : 'check'
    const body = { read: props.read, sweep, reason }
    const { task, merged_into } = await ask<SyncRequest>('/v1/sync-requests', { method: 'POST', body })
    forgetWritten()
    navigate(`/tasks/${encodeURIComponent(merged_into ?? task)}`)
  }
  return (
    <ReasonDialog
      title={words.startTitle(countText(props.gone), props.read)}
      lead={words.startLead}
      submit={words.start(countText(props.gone))}
      done={words.started}
      isReady={!props.isMuch || isAccepted()}
      act={act}
      onClose={props.onClose}
    >
      <Show when={props.isMuch}>
        <label class="check">
          <input
            type="checkbox"
            checked={isAccepted()}
            onChange={(event) => setIsAccepted(event.currentTarget.checked)}
          />
          <span>{words.accept}</span>
        </label>
      </Show>
    </ReasonDialog>
  )
}
