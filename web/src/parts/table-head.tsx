import { For, type JSX, Show } from 'solid-js'

/**
 * A column's name and style: `number`: right-aligned; `wide`: hidden on a phone; `unseen`: name only for screen
 * readers.
 */
type Column = string | readonly [name: string, stands: 'number' | 'wide' | 'number wide' | 'unseen']

/** Names of a table's columns. */
export function TableHead(props: { readonly columns: readonly Column[] }): JSX.Element {
  return (
    <thead>
      <tr>
        <For each={props.columns}>{(column) => <Name of={typeof column === 'string' ? [column] : column} />}</For>
      </tr>
    </thead>
  )
}

function Name(props: { readonly of: readonly [name: string, stands?: string] }): JSX.Element {
  const isUnseen = () => props.of[1] === 'unseen'
  return (
    <th class={isUnseen() ? undefined : props.of[1]}>
      <Show when={isUnseen()} fallback={props.of[0]}>
        <span class="unseen">{props.of[0]}</span>
      </Show>
    </th>
  )
}
