import { createSignal, type JSX, onCleanup, onMount, Show } from 'solid-js'

/** When the browser is idle, but at most this late. */
const LATEST_MS = 400
/** For browsers without idle callbacks. */
const SOON_MS = 30

let last: Promise<void> = Promise.resolve()

/** Renders expensive content after everything else, one by one, so that input is handled in between. */
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
