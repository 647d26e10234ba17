import './shown-once.css'
import type { JSX } from 'solid-js'
import { texts } from '../texts.ts'
import { createCopying } from './copying.ts'
import { Icon } from './icons.tsx'

/** A text that exists nowhere else until its dialog is closed: a key, a link. */
export function ShownOnce(props: {
  readonly lead: string
  /** What the text is. */
  readonly label: string
  readonly text: string
  /** Label of the copy button. */
  readonly copy: string
  readonly onDone: () => void
}): JSX.Element {
  const { state, ref, copy } = createCopying(() => props.text)
  return (
    <div class="shown-once">
      <p class="soft">{props.lead}</p>
      <section class="shown-once-text" aria-label={props.label}>
        <code ref={ref}>{props.text}</code>
      </section>
      <p class="shown-once-state" role="status">
        {state() === 'selected' ? texts.copy.select : ''}
      </p>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={() => props.onDone()}>
          {texts.copy.close}
        </button>
        <button type="button" class="button primary" onClick={copy}>
          <Icon name={state() === 'copied' ? 'check' : 'copy'} size={14} />
          {state() === 'copied' ? texts.copy.done : props.copy}
        </button>
      </div>
    </div>
  )
}
