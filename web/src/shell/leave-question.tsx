import { useBeforeLeave } from '@solidjs/router'
import { type JSX, onCleanup, onMount, Show } from 'solid-js'
import { Dialog } from '../parts/dialog.tsx'
import { texts } from '../texts.ts'
import { askedToLose, askToLose, forgetWritten, isAnythingUnsaved, isLostAt, stay } from '../unsaved.ts'
import { noteWanted } from '../wanted-place.ts'

/** Asks whether unsaved text may be lost. */
export function LeaveQuestion(): JSX.Element {
  useBeforeLeave((leaving) => {
    // On Back and Forward the browser has already changed the address.
    const to = typeof leaving.to === 'number' ? window.location.href : String(leaving.to)
    if (leaving.defaultPrevented) return
    if (!isLostAt(new URL(to, window.location.href), leaving.from)) return noteWanted(to)
    leaving.preventDefault()
    askToLose(() => {
      forgetWritten()
      noteWanted(to)
      leaving.retry(true)
    })
  })
  const beforeUnload = (event: BeforeUnloadEvent) => {
    if (isAnythingUnsaved()) event.preventDefault()
  }
  onMount(() => window.addEventListener('beforeunload', beforeUnload))
  onCleanup(() => window.removeEventListener('beforeunload', beforeUnload))
  return (
    <Show when={askedToLose()} keyed>
      {({ lose }) => (
        <Dialog title={texts.unsaved.title} onClose={stay}>
          <p class="soft">{texts.unsaved.lead}</p>
          <div class="dialog-actions">
            <button
              type="button"
              class="button danger"
              onClick={() => {
                stay()
                lose()
              }}
            >
              {texts.unsaved.lose}
            </button>
            <button type="button" class="button primary" autofocus onClick={stay}>
              {texts.unsaved.stay}
            </button>
          </div>
        </Dialog>
      )}
    </Show>
  )
}
