import type { OperationDeps } from '../dependencies.ts'
import type { FeedAnswer, WantedFeedPage } from '../feed-page.ts'
import type { Principal } from '../principal.ts'

/** Callers with the shared token, or without one, count as one reader. */
export const SHARED = 'shared'

/** Records that a caller of the API received a page of a feed. */
export function notePull(
  { pulls, clock }: Pick<OperationDeps, 'pulls' | 'clock'>,
  by: Principal,
  { feed, cursor }: WantedFeedPage,
  answer: FeedAnswer,
): void {
  const { generation, filter, places } = answer.cursor
  pulls.note({
    ...readerOf(by),
    feed: feed.entity,
    filter,
    continued: cursor !== null,
    at: clock.now(),
    rows: answer.items.length,
    complete: answer.complete,
    frontier: answer.frontier,
    generation,
    places,
  })
}

/** A caller with an issuer's token is identified by name. With the shared token, the name is not reliable. */
function readerOf({ via, name }: Principal): { readonly reader: string; readonly name: string | null } {
  const key = via?.key ?? null
  if (key === null) return { reader: SHARED, name: null }
  return { reader: key === 'oidc' ? `oidc:${name}` : key, name }
}
