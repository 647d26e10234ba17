import { useMutation } from '@tanstack/solid-query'
import { createSignal, type JSX, Match, Show, Switch } from 'solid-js'
import type { ReadStatus, Task } from '../../api/answers.ts'
import { ask } from '../../api/ask.ts'
import { client } from '../../api/queries.ts'
import { useMay } from '../../may.ts'
import { Icon } from '../../parts/icons.tsx'
import { notify } from '../../parts/notices.tsx'
import { ReasonDialog } from '../../parts/reason-dialog.tsx'
import { texts } from '../../texts.ts'

const words = texts.readActions

/** Actions on a single read: pause, resume, and set its cut date. */
export function ReadActions(props: { readonly read: ReadStatus }): JSX.Element {
  const may = useMay()
  const [asked, setAsked] = createSignal<'hold' | 'cut-date' | null>(null)
  const why = () => (may('operate') ? undefined : texts.actions.mayNot)
  const place = () => `/v1/pauses/reads/${encodeURIComponent(props.read.id)}`
  const resume = useMutation(() => ({
    mutationFn: () => ask<unknown>(`${place()}/resume`, { method: 'POST' }),
    onSuccess: async () => {
      notify(words.resumed(props.read.id))
      await Promise.all(['reads', 'status'].map((key) => client.invalidateQueries({ queryKey: [key] })))
    },
    onError: (error: Error) => notify(error.message, 'bad'),
  }))
  return (
    <div class="read-actions">
      <Show when={props.read.held}>
        {(held) => (
          <span class="soft">
            {texts.tasks.heldNow}: {held().reason}
          </span>
        )}
      </Show>
      <button
        type="button"
        class="button"
        disabled={!may('operate')}
        title={why()}
        onClick={() => setAsked('cut-date')}
      >
        <Icon name="clock" size={14} />
        {words.cutDate}
      </button>
      <Show
        when={props.read.held}
        fallback={
          <button
            type="button"
            class="button"
            disabled={!may('operate')}
            title={why()}
            onClick={() => setAsked('hold')}
          >
            <Icon name="pause" size={14} />
            {words.hold}
          </button>
        }
      >
        <button
          type="button"
          class="button"
          disabled={!may('operate') || resume.isPending}
          title={why()}
          onClick={() => resume.mutate()}
        >
          <Icon name="retry" size={14} />
          {words.resume}
        </button>
      </Show>
      <Switch>
        <Match when={asked() === 'hold'}>
          <ReasonDialog
            title={words.holdTitle(props.read.id)}
            lead={words.holdLead}
            submit={words.hold}
            done={words.held(props.read.id)}
            time={{ label: words.until, hint: words.untilHint, isRequired: false }}
            act={(reason, until) =>
              ask<unknown>(place(), { method: 'PUT', body: { reason, ...(until === null ? {} : { until }) } })
            }
            onClose={() => setAsked(null)}
          />
        </Match>
        <Match when={asked() === 'cut-date'}>
          <ReasonDialog
            title={words.cutDateTitle(props.read.id)}
            lead={words.cutDateLead}
            submit={words.cutDate}
            done={words.cutDateSet(props.read.id)}
            time={{ label: words.from, hint: words.fromHint, isRequired: true }}
            act={(reason, cut_date) =>
              ask<unknown>(`/v1/reads/${encodeURIComponent(props.read.id)}/cut-date`, {
                method: 'PUT',
                body: { cut_date, revision: props.read.revision, reason },
              })
            }
            onClose={() => setAsked(null)}
          />
        </Match>
      </Switch>
    </div>
  )
}

/** Cancels a run that is due or under way. */
export function CancelRun(props: { readonly task: Task }): JSX.Element {
  const may = useMay()
  const [isAsked, setIsAsked] = createSignal(false)
  return (
    <Show when={props.task.ended_at === null && props.task.state !== 'merged'}>
      <button
        type="button"
        class="button danger"
        disabled={!may('operate')}
        title={may('operate') ? undefined : texts.actions.mayNot}
        onClick={() => setIsAsked(true)}
      >
        <Icon name="close" size={14} />
        {words.cancelRun}
      </button>
      <Show when={isAsked()}>
        <ReasonDialog
          title={words.cancelTitle}
          lead={words.cancelLead}
          submit={words.cancelRun}
          done={words.canceled}
          act={(reason) =>
            ask<unknown>(`/v1/tasks/${encodeURIComponent(props.task.id)}/cancel`, { method: 'POST', body: { reason } })
          }
          onClose={() => setIsAsked(false)}
        />
      </Show>
    </Show>
  )
}
