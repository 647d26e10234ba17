import { keptKey } from '../kept-key.ts'

/** An answer that nobody took by then is not what is so now. */
const FRESH_MS = 10_000

interface Early {
  readonly answer: Promise<Response>
  /** By whom it was asked; null: without a key. */
  readonly key: string | null
  readonly at: number
}

const asked = new Map<string, Early>()

/** Asks before the program is there that shows the answer. */
export function askEarly(path: string): void {
  const key = keptKey()
  const answer = fetch(path, { headers: apiHeaders(key) })
  // Whoever takes it sees what went wrong.
  answer.catch(() => undefined)
  asked.set(path, { answer, key, at: performance.now() })
}

/** The answer to what was asked early by the same key, once: who signs in meanwhile is answered otherwise. */
export function takeEarly(path: string, key: string | null): Promise<Response> | undefined {
  const early = asked.get(path)
  asked.delete(path)
  if (early === undefined || early.key !== key) return undefined
  return performance.now() - early.at < FRESH_MS ? early.answer : undefined
}

export function apiHeaders(key: string | null): Readonly<Record<string, string>> {
  return { accept: 'application/json', ...(key === null ? {} : { authorization: `Bearer ${key}` }) }
}
