import { createSignal } from 'solid-js'
import { forgetKey, keepKey, keptKey } from './kept-key.ts'

const [key, setKey] = createSignal(keptKey())
const [isWanted, setIsWanted] = createSignal(false)
const [isKept, setIsKept] = createSignal(false)

/** The key that this browser signs in with; null: none, which is enough if the API requires none. */
export { key }

/** The API requires a key, or another one. */
export const isRefused = () => isWanted() && !isKept()

/** While something is shown that can't be shown again, the sign-in does not replace the page. */
export const keepPage = setIsKept

/** Whether this browser is signed in with the key of an id. */
export function isOwnKey(id: string): boolean {
  return key()?.startsWith(`wsk_${id}_`) ?? false
}

/** `keep`: also after the browser is closed. */
export function signIn(given: string, keep: boolean): void {
  signOut()
  keepKey(given, keep)
  setKey(given)
  setIsWanted(false)
}

export function signOut(): void {
  forgetKey()
  setKey(null)
}

export function noteRefusal(): void {
  setIsWanted(true)
}
