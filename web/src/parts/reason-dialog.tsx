import { useMutation } from '@tanstack/solid-query'
import { createSignal, type JSX, Show } from 'solid-js'
import { client } from '../api/queries.ts'
import { isTimeOrNone, timeOf } from '../local-time.ts'
import { texts } from '../texts.ts'
import { Dialog } from './dialog.tsx'
import { notify } from './notices.tsx'
import { ProblemNote } from './parts.tsx'
import { isReason, ReasonField } from './reason-field.tsx'
import { TimeField } from './time-field.tsx'

/** An extra time that a question asks for, in the viewer's zone. */
interface AskedTime {
  readonly label: string
  readonly hint: string
  readonly isRequired: boolean
}

/** Asks for the reason of an action, and for a time if it takes one; `children`: further input. */
export function ReasonDialog(props: {
  readonly title: string
  readonly lead: string
  readonly submit: string
  readonly done: string
  readonly time?: AskedTime
  readonly children?: JSX.Element
  /** Whether the input of `children` is complete; true if absent. */
  readonly isReady?: boolean
  readonly act: (reason: string, time: string | null) => Promise<unknown>
  readonly onClose: () => void
}): JSX.Element {
  const [reason, setReason] = createSignal('')
  const [time, setTime] = createSignal('')
  const acting = useMutation(() => ({
    mutationFn: () => props.act(reason().trim(), timeOf(time())),
    onSuccess: async () => {
      notify(props.done)
      props.onClose()
      await Promise.all(
        ['reads', 'tasks', 'task', 'status', 'pauses', 'parked'].map((key) =>
          client.invalidateQueries({ queryKey: [key] }),
        ),
      )
    },
  }))
  const isComplete = () =>
    (props.isReady ?? true) &&
    isReason(reason()) &&
    isTimeOrNone(time()) &&
    (props.time?.isRequired !== true || time() !== '')
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          acting.mutate()
        }}
      >
        <p class="soft">{props.lead}</p>
        {props.children}
        <Show when={props.time}>
          {(asked) => (
            <TimeField
              label={asked().label}
              hint={asked().hint}
              hasSeconds
              isRequired={asked().isRequired}
              value={time()}
              onInput={setTime}
            />
          )}
        </Show>
        <ReasonField value={reason()} onInput={setReason} />
        <Show when={acting.isError}>
          <ProblemNote error={acting.error} title={texts.readActions.refused} />
        </Show>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={() => props.onClose()}>
            {texts.actions.cancel}
          </button>
          <button type="submit" class="button primary" disabled={acting.isPending || !isComplete()}>
            {props.submit}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
