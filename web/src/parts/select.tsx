import { For, type JSX } from 'solid-js'

/** One of a few options. The label is for screen readers. */
export function Select(props: {
  readonly label: string
  readonly value: string
  readonly options: readonly { readonly value: string; readonly text: string }[]
  readonly onChange: (value: string) => void
}): JSX.Element {
  return (
    <label class="select">
      <span class="unseen">{props.label}</span>
      <select class="input" onChange={(event) => props.onChange(event.currentTarget.value)}>
        <For each={props.options}>
          {(option) => (
            <option value={option.value} selected={option.value === props.value}>
              {option.text}
            </option>
          )}
        </For>
      </select>
    </label>
  )
}
