import { For, type JSX, Show } from 'solid-js'

/** Name of a read, topic or consumer group; if too long, it wraps between its parts. */
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
