import './reason-field.css'
import { createUniqueId, type JSX, Show } from 'solid-js'
import { countText } from '../format.ts'
import { texts } from '../texts.ts'

/** Maximum characters of a reason that the API accepts. */
const LONGEST = 1_000

const lengthOf = (text: string) => [...text.trim()].length

/** Whether the API accepts the reason. */
export function isReason(text: string): boolean {
  return lengthOf(text) > 0 && lengthOf(text) <= LONGEST
}

/**
 * Why something is done, in a person's words; stored with the action. A text that is too long is reported, not cut off.
 */
export function ReasonField(props: {
  readonly value: string
  /** Where it is stored, if not in a record's history. */
  readonly hint?: string
  readonly onInput: (value: string) => void
}): JSX.Element {
  const mistakeId = createUniqueId()
  const isTooLong = () => lengthOf(props.value) > LONGEST
  return (
    <label class="field">
      <span>{texts.actions.reason}</span>
      <textarea
        required
        placeholder={props.hint ?? texts.actions.reasonHint}
        aria-invalid={isTooLong()}
        aria-describedby={mistakeId}
        value={props.value}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
      <span id={mistakeId} class="reason-mistake" role="status">
        <Show when={isTooLong()}>
          {texts.actions.reasonTooLong(countText(lengthOf(props.value)), countText(LONGEST))}
        </Show>
      </span>
    </label>
  )
}
