import { createUniqueId, type JSX, onMount, Suspense } from 'solid-js'
import { Portal } from 'solid-js/web'
import { askToLose, useUnsaved } from '../unsaved.ts'
import { Skeleton } from './parts.tsx'

type TextField = HTMLTextAreaElement | HTMLInputElement

const isText = (target: EventTarget): target is TextField =>
  target instanceof HTMLTextAreaElement || (target instanceof HTMLInputElement && target.type === 'text')

interface DialogProps {
  readonly title: string
  readonly onClose: () => void
  readonly children: JSX.Element
}

/**
 * A question before an action. Uses the browser's own dialog: it keeps the focus inside, closes on Escape, and blocks
 * what is behind it. It is outside the page's element: a waiting page is taken out of the document, and a dialog put
 * back with it would no longer be modal. Escape asks before it discards text.
 */
export function Dialog(props: DialogProps): JSX.Element {
  return (
    <Portal>
      <Modal title={props.title} onClose={props.onClose}>
        {props.children}
      </Modal>
    </Portal>
  )
}

function Modal(props: DialogProps): JSX.Element {
  const titleId = createUniqueId()
  let element: HTMLDialogElement | undefined
  const written = new Set<TextField>()
  const isWritten = () => [...written].some((field) => field.isConnected && field.value.trim() !== '')
  useUnsaved(isWritten)
  const askFirst = (event: Event) => {
    if (!isWritten()) return
    event.preventDefault()
    askToLose(() => props.onClose())
  }
  onMount(() => element?.showModal())
  return (
    <dialog
      ref={element}
      class="dialog"
      aria-labelledby={titleId}
      onInput={({ target }) => isText(target) && written.add(target)}
      onKeyDown={(event) => event.key === 'Escape' && askFirst(event)}
      onCancel={askFirst}
      onClose={() => props.onClose()}
    >
      <h2 id={titleId}>{props.title}</h2>
      <Suspense fallback={<Skeleton lines={3} />}>{props.children}</Suspense>
    </dialog>
  )
}
