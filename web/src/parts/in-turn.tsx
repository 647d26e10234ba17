import { createSignal, type JSX, onCleanup, onMount, Show } from 'solid-js'

/** When the browser has nothing to do; so late at most. */
const LATEST_MS = 400
/** For browsers that do not say when. */
const SOON_MS = 30

let last: Promise<void> = Promise.resolve()

/** What is much to draw comes after everything else, one after the other: what one does meanwhile is answered between two. */
export function InTurn(props: { readonly fallback: JSX.Element; readonly children: JSX.Element }): JSX.Element {
  const [isDue, setIsDue] = createSignal(false)
  let isGone = false
  onCleanup(() => {
    isGone = true
  })
  onMount(() => {
    last = last.then(async () => {
      if (isGone) return
      await idle()
      setIsDue(true)
    })
  })
  return (
    <Show when={isDue()} fallback={props.fallback}>
      {props.children}
    </Show>
  )
}

async function idle(): Promise<void> {
  await new Promise<void>((resolve) => {
    if ('requestIdleCallback' in window) requestIdleCallback(() => resolve(), { timeout: LATEST_MS })
    else setTimeout(resolve, SOON_MS)
  })
}
