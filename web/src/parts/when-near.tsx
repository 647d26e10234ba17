import { createSignal, type JSX, onCleanup, onMount, Show } from 'solid-js'

/** Distance from the viewport at which content is rendered. */
const NEAR = '400px'

/** Content far below is neither fetched nor drawn until it comes near the viewport; from then on it stays. */
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
