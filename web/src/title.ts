import { createEffect } from 'solid-js'
import { texts } from './texts.ts'

/** Sets the title of the browser's tab, which history and screen readers use too. */
export function usePageTitle(title: () => string): void {
  createEffect(() => {
    document.title = `${title()} · ${texts.product}`
  })
}
