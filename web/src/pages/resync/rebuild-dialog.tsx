import { useNavigate } from '@solidjs/router'
import { useMutation } from '@tanstack/solid-query'
import { createSignal, For, type JSX, Match, Show, Switch } from 'solid-js'
import type { Rebuild } from '../../api/answers.ts'
import { ask } from '../../api/ask.ts'
import { client, rebuildPreviewQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import { countText, entityText } from '../../format.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { notify } from '../../parts/notices.tsx'
import { Fact, Facts, ProblemNote, Skeleton } from '../../parts/parts.tsx'
import { isReason, ReasonField } from '../../parts/reason-field.tsx'
import { texts } from '../../texts.ts'
import { feedEntities } from '../products/feed-entities.ts'

const words = texts.rebuildForm

/** Chooses a feed table, shows how many events would be read, and starts its rebuild beside the live table. */
export function RebuildDialog(props: { readonly onClose: () => void }): JSX.Element {
  const navigate = useNavigate()
  const [feed, setFeed] = createSignal<string>(feedEntities[0])
  const [reason, setReason] = createSignal('')
  const preview = useQuery(() => rebuildPreviewQuery(feed(), true))
  const start = useMutation(() => ({
    mutationFn: () =>
      ask<Rebuild>('/v1/rebuilds', { method: 'POST', body: { table: feed(), reason: reason().trim() } }),
    onSuccess: async ({ id }: Rebuild) => {
      notify(words.started)
      props.onClose()
      navigate(`/resync/rebuilds/${encodeURIComponent(id)}`)
      await client.invalidateQueries({ queryKey: ['resync'] })
    },
  }))
  const isComplete = () => preview.isSuccess && isReason(reason())
  return (
    <Dialog title={words.title} onClose={props.onClose}>
      <form
        class="resync-form"
        onSubmit={(event) => {
          event.preventDefault()
          start.mutate()
        }}
      >
        <p class="soft">{words.lead}</p>
        <label class="field">
          <span>{words.feed}</span>
          <select
            value={feed()}
            onChange={(event) => {
              start.reset()
              setFeed(event.currentTarget.value)
            }}
          >
            <For each={feedEntities}>{(one) => <option value={one}>{entityText(one)}</option>}</For>
          </select>
        </label>
        <Switch>
          <Match when={preview.isSuccess && preview.data}>
            {(told) => (
              <section class="resync-preview" aria-label={texts.replayForm.previewTitle} aria-live="polite">
                <Show when={told().ends_undo_of}>
                  <p class="warn">{words.endsUndo}</p>
                </Show>
                <Facts>
                  <Fact name={words.events}>{countText(told().events)}</Fact>
                  <Fact name={words.topic}>{told().topic}</Fact>
                  <Fact name={words.generation}>
                    {words.generations(told().live_generation, told().next_generation)}
                  </Fact>
                </Facts>
              </section>
            )}
          </Match>
          <Match when={preview.isError}>
            <ProblemNote error={preview.error} title={texts.readActions.refused} />
          </Match>
          <Match when={preview.isPending}>
            <Skeleton lines={2} />
          </Match>
        </Switch>
        <ReasonField value={reason()} onInput={setReason} />
        <Show when={start.isError}>
          <ProblemNote error={start.error} title={texts.readActions.refused} />
        </Show>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={() => props.onClose()}>
            {texts.actions.cancel}
          </button>
          <button type="submit" class="button primary" disabled={start.isPending || !isComplete()}>
            {words.start}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
