/** What a system answered to the cheapest call that needs its credentials. */
export interface SystemCheck {
  /** Milliseconds UTC of its `Date` header, which has whole seconds; null where it sent none. */
  readonly date: number | null
  /** What does not stop it but is to be seen to. */
  readonly warnings?: readonly string[]
}

export function checkOf(headers: Headers): SystemCheck {
  const date = Date.parse(headers.get('date') ?? '')
  return { date: Number.isNaN(date) ? null : date }
}
