import { useMutation } from '@tanstack/solid-query'
import { type JSX, Show } from 'solid-js'
import { client } from '../../api/queries.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { notify } from '../../parts/notices.tsx'
import { ProblemNote } from '../../parts/parts.tsx'
import { texts } from '../../texts.ts'

/** Asks for confirmation before a replay is stopped or a rebuild decided; shows what it affects. */
export function ConfirmDialog(props: {
  readonly title: string
  readonly lead: string
  readonly submit: string
  readonly done: string
  readonly isDanger?: boolean
  readonly children?: JSX.Element
  readonly act: () => Promise<unknown>
  readonly onClose: () => void
}): JSX.Element {
  const acting = useMutation(() => ({
    mutationFn: () => props.act(),
    onSuccess: async () => {
      notify(props.done)
      props.onClose()
      await client.invalidateQueries({ queryKey: ['resync'] })
    },
  }))
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
        <Show when={acting.isError}>
          <ProblemNote error={acting.error} title={texts.readActions.refused} />
        </Show>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={() => props.onClose()}>
            {texts.actions.cancel}
          </button>
          <button
            type="submit"
            class="button primary"
            classList={{ danger: props.isDanger ?? false }}
            disabled={acting.isPending}
          >
            {props.submit}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
