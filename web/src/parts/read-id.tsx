import { For, type JSX, Show } from 'solid-js'

/** Name of a read, a topic or a consumer group; where it is too long for its place it is broken between its parts. */
export function ReadId(props: { readonly id: string }): JSX.Element {
  return (
    <For each={props.id.split('.')}>
      {(part, index) => (
        <>
          <Show when={index() > 0}>
            .<wbr />
          </Show>
          {part}
        </>
      )}
    </For>
  )
}
