import './time-field.css'
import { createUniqueId, type JSX, Show } from 'solid-js'
import { isTimeOrNone } from '../local-time.ts'
import { texts } from '../texts.ts'

/** Without a maximum, browsers accept years of six digits. */
const LAST = '9999-12-31T23:59:59'

/** The browser's date and time input; an invalid value is reported, and `timeOf` returns null for it. */
export function TimeField(props: {
  readonly label: string
  readonly hint?: string
  readonly value: string
  /** Class of the field and of its input. */
  readonly class?: string
  readonly inputClass?: string
  readonly isRequired?: boolean
  readonly hasSeconds?: boolean
  readonly onInput: (local: string) => void
  /** Called on blur. */
  readonly onChange?: (local: string) => void
}): JSX.Element {
  const mistakeId = createUniqueId()
  const isWrong = () => !isTimeOrNone(props.value)
  return (
    <label class={props.class ?? 'field'}>
      <span>{props.label}</span>
      <input
        type="datetime-local"
        class={props.inputClass}
        step={props.hasSeconds === true ? '1' : undefined}
        max={LAST}
        required={props.isRequired ?? false}
        aria-invalid={isWrong()}
        aria-describedby={mistakeId}
        value={props.value}
        onInput={(event) => props.onInput(event.currentTarget.value)}
        onChange={(event) => props.onChange?.(event.currentTarget.value)}
      />
      <span id={mistakeId} class="time-mistake" role="status">
        {isWrong() ? texts.time.wrong : ''}
      </span>
      <Show when={props.hint}>
        <span class="soft field-hint">{props.hint}</span>
      </Show>
    </label>
  )
}
