import { createSignal } from 'solid-js'

/** Copies a text if the browser allows it, otherwise selects it: browsers only allow https pages and this machine. */
export function createCopying(text: () => string) {
  const [state, setState] = createSignal<'shown' | 'copied' | 'selected'>('shown')
  let element: HTMLElement | undefined
  return {
    state,
    /** Ref of the element that shows the text. */
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
