/** A system's response to the cheapest call that needs its credentials. */
export interface SystemCheck {
  /** Its `Date` header as milliseconds UTC, accurate to the second; null if it sent none. */
  readonly date: number | null
  /** Problems that do not stop it but need attention. */
  readonly warnings?: readonly string[]
}

export function checkOf(headers: Headers): SystemCheck {
  const date = Date.parse(headers.get('date') ?? '')
  return { date: Number.isNaN(date) ? null : date }
}
