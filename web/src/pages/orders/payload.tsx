import { createSignal, type JSX, Match, Show, Switch } from 'solid-js'
import type { StagedEvent } from '../../api/answers.ts'
import { stagedOrderQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import { JsonView, ProblemNote, Skeleton } from '../../parts/parts.tsx'
import { texts } from '../../texts.ts'

/** The order as read and as sent to the vendor. Fetched when opened. */
export function Payload(props: { readonly connection: string; readonly number: string }): JSX.Element {
  const [isOpen, setIsOpen] = createSignal(false)
  const staged = useQuery(() => stagedOrderQuery(props.connection, props.number, isOpen()))
  const row = () => (staged.isSuccess ? staged.data.items[0] : undefined)
  return (
    <details class="payload" onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>{texts.order.payload}</summary>
      <Switch fallback={<Skeleton lines={5} />}>
        <Match when={staged.isError}>
          <ProblemNote error={staged.error} again={() => void staged.refetch()} />
        </Match>
        <Match when={staged.isSuccess}>
          <Event title={texts.order.asRead} event={row()?.as_read ?? null} />
          <Event title={texts.order.asMapped} event={row()?.as_mapped ?? null} />
        </Match>
      </Switch>
    </details>
  )
}

function Event(props: { readonly title: string; readonly event: StagedEvent | null }): JSX.Element {
  return (
    <div>
      <h4>{props.title}</h4>
      <Show when={props.event?.event} fallback={<p class="soft">{props.event?.problem ?? texts.order.noPayload}</p>}>
        {(event) => <JsonView value={event()} />}
      </Show>
    </div>
  )
}
