import { A } from '@solidjs/router'
import { useMutation } from '@tanstack/solid-query'
import { For, type JSX, Match, Show, Switch } from 'solid-js'
import { ask } from '../../api/ask.ts'
import { client } from '../../api/queries.ts'
import { useMay } from '../../may.ts'
import { Icon } from '../../parts/icons.tsx'
import { notify } from '../../parts/notices.tsx'
import { Ago } from '../../parts/when.tsx'
import { texts } from '../../texts.ts'
import type { Attention } from './attention.ts'

/** Problems that need a person, each with one action. */
export function AttentionList(props: {
  readonly items: readonly Attention[]
  readonly complete: boolean
}): JSX.Element {
  const may = useMay()
  return (
    <section class="card" aria-labelledby="attention">
      <div class="card-head">
        <h2 id="attention">{texts.overview.attention}</h2>
        <span class="soft">{texts.overview.attentionCount(props.items.length)}</span>
      </div>
      <ul class="attention">
        <For each={props.items}>{(item) => <Item item={item} may={may} />}</For>
      </ul>
      <Show when={!props.complete}>
        <p class="attention-more soft">{texts.overview.incomplete}</p>
      </Show>
    </section>
  )
}

function Item(props: { readonly item: Attention; readonly may: (scope: string) => boolean }): JSX.Element {
  const href = () => (props.item.scope === null || props.may(props.item.scope) ? props.item.href : null)
  const who = () => (props.item.connection === '*' ? texts.overview.allOf : props.item.connection)
  return (
    <li data-tone={props.item.tone}>
      <span class="attention-icon">
        <Icon name={props.item.icon} />
      </span>
      <div class="attention-text">
        <p>
          <strong>{props.item.title}</strong>
          <span class="soft">{who()}</span>
        </p>
        <p class="soft attention-message">{props.item.message}</p>
      </div>
      <span class="soft number attention-since">
        <Show when={props.item.since}>{(since) => <Ago at={since()} />}</Show>
      </span>
      <div class="attention-action">
        <Switch>
          <Match when={props.item.pause}>{(pause) => <Resume pause={pause()} />}</Match>
          <Match when={href()}>
            {(page) => (
              <A href={page()} class="button small" aria-label={`${texts.overview.open}: ${props.item.title}`}>
                {texts.overview.open}
              </A>
            )}
          </Match>
        </Switch>
      </div>
    </li>
  )
}

function Resume(props: { readonly pause: NonNullable<Attention['pause']> }): JSX.Element {
  const may = useMay()
  const resume = useMutation(() => ({
    mutationFn: () => {
      const { stage, connection } = props.pause
      const path = `/v1/pauses/${encodeURIComponent(stage)}/${encodeURIComponent(connection)}/resume`
      return ask<unknown>(path, { method: 'POST' })
    },
    onSuccess: async () => {
      notify(texts.overview.resumed(props.pause.connection))
      await client.invalidateQueries({ queryKey: ['status'] })
    },
    onError: (error: Error) => notify(error.message, 'bad'),
  }))
  return (
    <button
      type="button"
      class="button small"
      disabled={resume.isPending || !may('operate')}
      title={may('operate') ? undefined : texts.actions.mayNot}
      aria-label={`${texts.overview.resume}: ${props.pause.stage} ${props.pause.connection}`}
      onClick={() => resume.mutate()}
    >
      {resume.isPending ? texts.overview.resuming : texts.overview.resume}
    </button>
  )
}
