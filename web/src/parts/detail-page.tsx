import { type Accessor, type JSX, Match, Show, Switch } from 'solid-js'
import { usePageTitle } from '../title.ts'
import { PageHead } from './parts.tsx'
import { type Asked, Unanswered } from './unanswered.tsx'

/** Page of one fetched thing: its state and actions next to its name, then its content. */
export function DetailPage<T>(props: {
  readonly of: Asked & { readonly isSuccess: boolean; readonly data: T | undefined }
  readonly title: string
  readonly back: { readonly href: string; readonly text: string }
  readonly state: (told: Accessor<T>) => JSX.Element
  readonly actions: (told: Accessor<T>) => JSX.Element
  readonly children: (told: Accessor<T>) => JSX.Element
  /** Other content, which does not wait for the answer. */
  readonly besides?: JSX.Element
}): JSX.Element {
  usePageTitle(() => props.title)
  const told = () => (props.of.isSuccess ? props.of.data : undefined)
  return (
    <>
      <PageHead
        title={props.title}
        back={props.back}
        beside={<Show when={told()}>{(one) => props.state(one)}</Show>}
        actions={<Show when={told()}>{(one) => props.actions(one)}</Show>}
      />
      <div class="stack">
        <Switch>
          <Match when={told()}>{(one) => props.children(one)}</Match>
          <Unanswered of={props.of} lines={5} framed />
        </Switch>
        <Show when={!props.of.isError}>{props.besides}</Show>
      </div>
    </>
  )
}
