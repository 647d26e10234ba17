import { createSignal, type JSX, onCleanup, onMount, Show } from 'solid-js'

/** So far from being seen something is made. */
const NEAR = '400px'

/** What is far below is neither asked for nor drawn until one comes near it; from then on it stays. */
export function WhenNear(props: { readonly children: JSX.Element }): JSX.Element {
  const [isNear, setIsNear] = createSignal(false)
  let place: HTMLDivElement | undefined
  onMount(() => {
    if (place === undefined) return
    const watch = new IntersectionObserver(
      (entries) => {
        if (!entries.some((one) => one.isIntersecting)) return
        watch.disconnect()
        setIsNear(true)
      },
      { rootMargin: NEAR },
    )
    watch.observe(place)
    onCleanup(() => watch.disconnect())
  })
  return (
    <Show when={isNear()} fallback={<div ref={place} class="far" />}>
      {props.children}
    </Show>
  )
}
