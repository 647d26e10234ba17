import { keptKey } from '../kept-key.ts'

/** An early answer that was not used within this time counts as outdated. */
const FRESH_MS = 10_000

interface Early {
  readonly answer: Promise<Response>
  /** Key of the request; null: none. */
  readonly key: string | null
  readonly at: number
}

const asked = new Map<string, Early>()

/** Sends a request before the code that shows the answer is loaded. */
export function askEarly(path: string): void {
  const key = keptKey()
  const answer = fetch(path, { headers: apiHeaders(key) })
  // Whoever takes the answer handles its error.
  answer.catch(() => undefined)
  asked.set(path, { answer, key, at: performance.now() })
}

/** The answer of an early request with the same key, once: after another sign-in the answer would differ. */
export function takeEarly(path: string, key: string | null): Promise<Response> | undefined {
  const early = asked.get(path)
  asked.delete(path)
  if (early === undefined || early.key !== key) return undefined
  return performance.now() - early.at < FRESH_MS ? early.answer : undefined
}

export function apiHeaders(key: string | null): Readonly<Record<string, string>> {
  return { accept: 'application/json', ...(key === null ? {} : { authorization: `Bearer ${key}` }) }
}
