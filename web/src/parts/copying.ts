import { createSignal } from 'solid-js'

/** Copies a text where the browser lets the page, and else selects it: browsers let only pages of https and of this machine. */
export function createCopying(text: () => string) {
  const [state, setState] = createSignal<'shown' | 'copied' | 'selected'>('shown')
  let element: HTMLElement | undefined
  return {
    state,
    /** Of the element that shows the text. */
    ref: (shown: HTMLElement) => {
      element = shown
    },
    reset: () => setState('shown'),
    copy: async () => {
      try {
        await navigator.clipboard.writeText(text())
        setState('copied')
      } catch {
        if (element !== undefined) window.getSelection()?.selectAllChildren(element)
        setState('selected')
      }
    },
  }
}
