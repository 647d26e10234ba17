import type { OperationDeps } from '../dependencies.ts'
import type { FeedAnswer, WantedFeedPage } from '../feeds.ts'
import type { Principal } from '../principal.ts'

/** Those who come by one token, or without any, are one reader. */
const SHARED = 'shared'

/** Notes a page of a feed that is given to a caller of the API. */
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

/** Who has a token of an issuer is known by its name alone; with the shared token, anybody may give any name. */
function readerOf({ via, name }: Principal): { readonly reader: string; readonly name: string | null } {
  const key = via?.key ?? null
  if (key === null) return { reader: SHARED, name: null }
  return { reader: key === 'oidc' ? `oidc:${name}` : key, name }
}
