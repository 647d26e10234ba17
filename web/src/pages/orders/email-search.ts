import { createSignal } from 'solid-js'
import { key } from '../../session.ts'

const [asked, setAsked] = createSignal({ email: '', by: key() })

/**
 * The e-mail address whose orders are shown; empty: none. Held only in the page's memory: in the page's address, the
 * browser, and anyone who gets the address, would store it. Cleared at the next sign-in.
 */
export function searchedEmail(): string {
  const { email, by } = asked()
  return by === key() ? email : ''
}

export function searchEmail(email: string): void {
  setAsked({ email, by: key() })
}
