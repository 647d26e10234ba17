import { type Accessor, type JSX, Match, Show, Switch } from 'solid-js'
import { type Asked, Unanswered } from './unanswered.tsx'

interface Listed<T> {
  readonly of: Asked & { readonly isSuccess: boolean; readonly data: T | undefined }
  readonly isEmpty: (told: T) => boolean
  readonly empty: JSX.Element
  /** Approximate number of lines that the list will have. */
  readonly lines: number
  readonly children: (told: Accessor<T>) => JSX.Element
}

/** A fetched list: its content, that it is empty, or why there is no answer. */
export function ListAnswer<T>(props: Listed<T>): JSX.Element {
  const told = () => (props.of.isSuccess ? props.of.data : undefined)
  const isEmpty = () => {
    const one = told()
    return one !== undefined && props.isEmpty(one)
  }
  return (
    <Switch>
      <Match when={isEmpty()}>{props.empty}</Match>
      <Match when={told()}>{(one) => props.children(one)}</Match>
      <Unanswered of={props.of} lines={props.lines} />
    </Switch>
  )
}

/** A list with its name, in its own card. */
export function ListCard<T>(
  props: Listed<T> & {
    /** Id of its heading. */
    readonly id: string
    readonly title: string
    readonly lead?: string
    /** Next to the heading. */
    readonly actions?: JSX.Element
  },
): JSX.Element {
  return (
    <section class="card" aria-labelledby={props.id}>
      <div class="card-head">
        <h2 id={props.id}>{props.title}</h2>
        {props.actions}
      </div>
      <Show when={props.lead}>{(lead) => <p class="soft list-lead">{lead()}</p>}</Show>
      <ListAnswer of={props.of} isEmpty={props.isEmpty} empty={props.empty} lines={props.lines}>
        {(told) => props.children(told)}
      </ListAnswer>
    </section>
  )
}
