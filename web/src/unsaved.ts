import { createSignal, onCleanup } from 'solid-js'

/** Text that exists only on the page. */
interface Writing {
  readonly isWritten: () => boolean
  /** Query parameters that may change while the text stays. */
  readonly keeps: readonly string[]
}

const writings = new Set<Writing>()
const [asked, setAsked] = createSignal<{ readonly lose: () => void } | null>(null)

/** The action that would lose unsaved text, once confirmed; null: no question is open. */
export { asked as askedToLose }

/** Asks before leaving while the page has unsaved text. `keeps`: see `Writing`. */
export function useUnsaved(isWritten: () => boolean, keeps: readonly string[] = []): void {
  const writing = { isWritten, keeps }
  writings.add(writing)
  onCleanup(() => writings.delete(writing))
}

export function isAnythingUnsaved(): boolean {
  return [...writings].some(({ isWritten }) => isWritten())
}

interface Place {
  readonly pathname: string
  readonly search: string
}

/** Whether unsaved text would be lost at another address. */
export function isLostAt(to: Place, from: Place): boolean {
  const [next, now] = [new URLSearchParams(to.search), new URLSearchParams(from.search)]
  const changed = [...new Set([...next.keys(), ...now.keys()])].filter((name) => next.get(name) !== now.get(name))
  return [...writings].some(({ isWritten, keeps }) => {
    const stays = to.pathname === from.pathname && changed.every((name) => keeps.includes(name))
    return !stays && isWritten()
  })
}

/** Asks before an action that loses unsaved text. */
export function askToLose(lose: () => void): void {
  setAsked({ lose })
}

export function stay(): void {
  setAsked(null)
}

/** The text is saved or not wanted: the page may be left. */
export function forgetWritten(): void {
  writings.clear()
}
