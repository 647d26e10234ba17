import { createSignal } from 'solid-js'
import { key } from '../../session.ts'

const [asked, setAsked] = createSignal({ email: '', by: key() })

/**
 * The e-mail address whose orders are shown; empty: none. It is in the page's memory alone: an address of the page would be kept
 * by the browser and by who is sent it. Whoever signs in next has none.
 */
export function searchedEmail(): string {
  const { email, by } = asked()
  return by === key() ? email : ''
}

export function searchEmail(email: string): void {
  setAsked({ email, by: key() })
}
