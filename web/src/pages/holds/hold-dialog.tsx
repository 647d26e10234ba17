import { createSignal, For, type JSX, Show } from 'solid-js'
import { ask } from '../../api/ask.ts'
import { ReasonDialog } from '../../parts/reason-dialog.tsx'
import { texts } from '../../texts.ts'
import { pausePath } from './pause-path.ts'

const words = texts.holds

/** Something that can be held. */
export interface Place {
  readonly stage: string
  /** `*`: all of them; at `reads` a read or a system. */
  readonly connection: string
  readonly text: string
}

/** Holds one of several places, with a reason, until a time or until somebody resumes it. */
export function HoldDialog(props: {
  readonly title: string
  readonly lead: string
  readonly done: string
  readonly places: readonly Place[]
  readonly onClose: () => void
}): JSX.Element {
  const [at, setAt] = createSignal(0)
  const act = async (reason: string, until: string | null) => {
    const place = props.places[at()]
    if (place === undefined) return
    await ask<unknown>(pausePath(place), {
      method: 'PUT',
      body: { reason, ...(until === null ? {} : { until }) },
    })
  }
  return (
    <ReasonDialog
      title={props.title}
      lead={props.lead}
      submit={words.hold}
      done={props.done}
      time={{ label: texts.readActions.until, hint: texts.readActions.untilHint, isRequired: false }}
      act={act}
      onClose={props.onClose}
    >
      <Show when={props.places.length > 1}>
        <label class="field">
          <span>{words.what}</span>
          <select value={at()} onChange={(event) => setAt(Number(event.currentTarget.value))}>
            <For each={props.places}>{({ text }, index) => <option value={index()}>{text}</option>}</For>
          </select>
        </label>
      </Show>
    </ReasonDialog>
  )
}
