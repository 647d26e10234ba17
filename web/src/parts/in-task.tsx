import { createSignal, type JSX, onCleanup, onMount, Show } from 'solid-js'
import { nextTask } from './next-task.ts'

/** Renders its children in their own task, after what is on the page already: the browser responds in between. */
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
