import { createSignal, type JSX, onCleanup, onMount, Show } from 'solid-js'
import { nextTask } from './next-task.ts'

/** Draws its children in a task of their own, after what is there already: the browser answers in between. */
export function InTask(props: { readonly children: JSX.Element }): JSX.Element {
  const [isDue, setIsDue] = createSignal(false)
  let isGone = false
  onCleanup(() => {
    isGone = true
  })
  onMount(async () => {
    await nextTask()
    if (!isGone) setIsDue(true)
  })
  return <Show when={isDue()}>{props.children}</Show>
}
