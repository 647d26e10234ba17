import { createSignal, type JSX, onCleanup, onMount, Show } from 'solid-js'
import { nextTask } from './next-task.ts'

/** What is below the first view is drawn in a task of its own, after what is in it. */
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
