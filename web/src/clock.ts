import { createSignal } from 'solid-js'

const [now, setNow] = createSignal(Date.now())
setInterval(() => {
  if (document.visibilityState === 'visible') setNow(Date.now())
}, 1000)
document.addEventListener('visibilitychange', () => setNow(Date.now()))

/** Milliseconds, once a second while the page is visible: ages on the page follow it. */
export { now }
