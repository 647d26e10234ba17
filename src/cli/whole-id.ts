import { StreamError } from '../errors.ts'

/** Access to the ids of one kind. */
interface Ids {
  /** The kind's name in errors: `task`. */
  readonly what: string
  isThere(id: string): Promise<boolean>
  /** Pages of all ids, newest first. */
  pages(): AsyncIterable<readonly string[]>
}

/** Maximum number of ids to compare. */
const MOST_COMPARED = 100_000
const MOST_SHOWN = 10

/**
 * Completes an id from its first characters. Returns the text unchanged if no id begins with it; the later lookup
 * reports that. Throws `request_invalid` with the candidates if several ids match.
 */
export async function wholeId(begun: string, ids: Ids): Promise<string> {
  if (await ids.isThere(begun)) return begun
  const found: string[] = []
  let compared = 0
  for await (const page of ids.pages()) {
    found.push(...page.filter((id) => id.startsWith(begun)))
    compared += page.length
    if (found.length > MOST_SHOWN || compared >= MOST_COMPARED) break
  }
  const [only, ...others] = found
  if (only === undefined) return begun
  if (others.length === 0) return only
  const shown = found.slice(0, MOST_SHOWN)
  const more = found.length > MOST_SHOWN ? ', and more' : ''
  throw new StreamError('request_invalid', `several ${ids.what}s begin with "${begun}": ${shown.join(', ')}${more}`, {
    field: 'id',
  })
}

/** Pages of ids from a list with a `next` place. */
export async function* pagesOf<T extends { readonly id: string }>(
  list: (after: string | null) => Promise<{ readonly items: readonly T[]; readonly next: string | null }>,
): AsyncGenerator<readonly string[]> {
  for (let after: string | null = null, more = true; more; more = after !== null) {
    const { items, next }: { readonly items: readonly T[]; readonly next: string | null } = await list(after)
    yield items.map(({ id }) => id)
    after = next
  }
}

/** Whether a lookup succeeds; `not_found` means false. */
export async function isFound(look: () => Promise<unknown>): Promise<boolean> {
  try {
    await look()
    return true
  } catch (error) {
    if (error instanceof StreamError && error.code === 'not_found') return false
    throw error
  }
}
