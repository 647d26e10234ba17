import { createSignal, onCleanup } from 'solid-js'

/** What is written, and is nowhere but on the page. */
interface Writing {
  readonly isWritten: () => boolean
  /** Parts of the query with which the address changes while the writing stays. */
  readonly keeps: readonly string[]
}

const writings = new Set<Writing>()
const [asked, setAsked] = createSignal<{ readonly lose: () => void } | null>(null)

/** What loses something that is written, if whoever wrote it says so; null: there is no question. */
export { asked as askedToLose }

/** Has whoever leaves asked while something is written here. `keeps`: see `Writing`. */
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

/** Whether something that is written would not be there any more at another address. */
export function isLostAt(to: Place, from: Place): boolean {
  const [next, now] = [new URLSearchParams(to.search), new URLSearchParams(from.search)]
  const changed = [...new Set([...next.keys(), ...now.keys()])].filter((name) => next.get(name) !== now.get(name))
  return [...writings].some(({ isWritten, keeps }) => {
    const stays = to.pathname === from.pathname && changed.every((name) => keeps.includes(name))
    return !stays && isWritten()
  })
}

/** Asks before something is done that loses what is written. */
export function askToLose(lose: () => void): void {
  setAsked({ lose })
}

export function stay(): void {
  setAsked(null)
}

/** What is written is saved, or is not wanted: the page may be left. */
export function forgetWritten(): void {
  writings.clear()
}
