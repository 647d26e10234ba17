import { createUniqueId, For, type JSX, Show } from 'solid-js'
import './line-editor.css'

/** A text with numbered lines; the line with a mistake is marked, and the mistake is shown below. */
export function LineEditor(props: {
  readonly label: string
  readonly hint: string
  readonly value: string
  readonly mistake: { readonly message: string; readonly line: number | null } | null
  readonly onInput: (value: string) => void
}): JSX.Element {
  const id = createUniqueId()
  let numbers: HTMLDivElement | undefined
  const count = () => props.value.split('\n').length
  return (
    <div class="line-editor card">
      <label for={id} class="card-head">
        {props.label} <span class="soft">{props.hint}</span>
      </label>
      <div class="line-editor-body">
        <div ref={numbers} class="line-numbers" aria-hidden="true">
          <For each={Array.from({ length: count() }, (_, index) => index + 1)}>
            {(line) => <span classList={{ bad: props.mistake?.line === line }}>{line}</span>}
          </For>
        </div>
        <textarea
          id={id}
          wrap="off"
          spellcheck={false}
          autocomplete="off"
          aria-invalid={props.mistake !== null}
          aria-describedby={`${id}-mistake`}
          value={props.value}
          onInput={(event) => props.onInput(event.currentTarget.value)}
          onScroll={(event) => {
            if (numbers !== undefined) numbers.scrollTop = event.currentTarget.scrollTop
          }}
        />
      </div>
      <div id={`${id}-mistake`} class="line-editor-mistake" role="status">
        <Show when={props.mistake}>{(mistake) => <p class="bad">{mistake().message}</p>}</Show>
      </div>
    </div>
  )
}
