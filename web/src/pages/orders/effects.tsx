import { For, type JSX } from 'solid-js'

/** The effect for each vendor. */
export function Effects(props: {
  readonly of: readonly { readonly connection: string; readonly effect: string }[]
}): JSX.Element {
  return (
    <dl class="effects">
      <For each={props.of}>
        {({ connection, effect }) => (
          <div>
            <dt>{connection}</dt>
            <dd>{effect}</dd>
          </div>
        )}
      </For>
    </dl>
  )
}
