import { useMutation } from '@tanstack/solid-query'
import { createSignal, type JSX, Match, Show, Switch } from 'solid-js'
import type { OrderPart } from '../../api/answers.ts'
import { ask } from '../../api/ask.ts'
import { client } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { notify } from '../../parts/notices.tsx'
import { ProblemNote, Skeleton } from '../../parts/parts.tsx'
import { isReason, ReasonField } from '../../parts/reason-field.tsx'
import { texts } from '../../texts.ts'

/** The vendor's part of an order that a dialog is about. */
export interface OfPart {
  readonly part: OrderPart
  readonly source: string
  readonly number: string
  readonly onClose: () => void
}

/** A request that acts on an order; with `dryRun` it only returns its effects. */
export interface ActionRequest {
  readonly method: 'PUT' | 'POST'
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
}

export function orderActionPath(source: string, number: string, action: string): string {
  return `/v1/orders/${encodeURIComponent(source)}/${encodeURIComponent(number)}/${action}`
}

/**
 * Asks for confirmation of an action on an order: shows its effects as the API returns them, and asks for a reason if
 * one is stored. An action that the API would refuse can't be confirmed.
 */
export function OrderAction<P>(props: {
  readonly title: string
  readonly lead: string
  readonly submit: string
  readonly done: string
  readonly request: ActionRequest
  readonly takesReason: boolean
  readonly isDanger?: boolean
  /** Label of the button that closes it, if "Cancel" would be ambiguous. */
  readonly dismiss?: string
  /** Whether the choices are valid; true if absent. */
  readonly isReady?: boolean
  /** Further choices. */
  readonly choices?: JSX.Element
  readonly preview: (told: P) => JSX.Element
  readonly onClose: () => void
}): JSX.Element {
  const [reason, setReason] = createSignal('')
  const reasonGiven = () => (props.takesReason ? { reason: reason().trim() } : {})
  const preview = useQuery(() => ({
    queryKey: ['order-action', props.request.path, props.request.body],
    queryFn: () => {
      const { method, path, body } = props.request
      const told = props.takesReason ? { reason: texts.orderActions.preview } : {}
      return ask<P>(path, { method, body: { ...body, ...told, dryRun: true } })
    },
    enabled: props.isReady ?? true,
    gcTime: 0,
  }))
  const acting = useMutation(() => ({
    mutationFn: () => {
      const { method, path, body } = props.request
      return ask<unknown>(path, { method, body: { ...body, ...reasonGiven() } })
    },
    onSuccess: async () => {
      notify(props.done)
      props.onClose()
      await Promise.all(
        ['order', 'order-holds', 'parked', 'status'].map((key) => client.invalidateQueries({ queryKey: [key] })),
      )
    },
  }))
  const isComplete = () => (props.isReady ?? true) && preview.isSuccess && (!props.takesReason || isReason(reason()))
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          acting.mutate()
        }}
      >
        <p class="soft">{props.lead}</p>
        {props.choices}
        <div class="action-preview" aria-live="polite">
          <Switch fallback={<Skeleton lines={2} />}>
            <Match when={preview.isError}>
              <ProblemNote error={preview.error} title={texts.orderActions.refused} />
            </Match>
            <Match when={preview.isSuccess && preview.data}>{(told) => props.preview(told())}</Match>
          </Switch>
        </div>
        <Show when={props.takesReason && !preview.isError}>
          <ReasonField value={reason()} onInput={setReason} />
        </Show>
        <Show when={acting.isError}>
          <ProblemNote error={acting.error} title={texts.orderActions.refused} />
        </Show>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={() => props.onClose()}>
            {props.dismiss ?? texts.actions.cancel}
          </button>
          <button
            type="submit"
            class="button primary"
            classList={{ danger: props.isDanger ?? false }}
            disabled={acting.isPending || !isComplete()}
          >
            {props.submit}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
