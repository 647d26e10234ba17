import { createEffect } from 'solid-js'
import { texts } from './texts.ts'

/** Names the browser's tab, and with it what the history and screen readers call the page. */
export function usePageTitle(title: () => string): void {
  createEffect(() => {
    document.title = `${title()} · ${texts.product}`
  })
}
