/** Where the shop pulls from. */
export interface FeedAddress {
  /** The API's address, without `/v1`. Absent until it is known: the shop does not pull then. */
  api?: string
  connection: string
  /** Sent as bearer token. */
  token?: string
}

export const feedNames = ['products', 'inventory', 'images'] as const
export type FeedName = (typeof feedNames)[number]

/** A row of a feed. Decimals in `data` are text. */
export interface FeedRow {
  connection: string
  source: string
  sku: string
  updated_at: string
  position: string
  deleted: boolean
  data: Record<string, unknown> | null
}

/** One answer; `retryAfter` (seconds) applies if there are no items and it is not complete. */
export interface FeedPage {
  items: FeedRow[]
  cursor: string
  complete: boolean
  retryAfter: number
}

/** The feed no longer knows the cursor: start again without one. */
export class CursorExpired extends Error {}

/** Fetches one page. @throws CursorExpired; Error with the status for any other failure */
export async function fetchFeedPage(
  feed: FeedAddress & { api: string },
  name: FeedName,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<FeedPage> {
  const parameters = new URLSearchParams({ connection: feed.connection, ...query })
  const address = `${feed.api.replace(/\/$/, '')}/v1/feeds/${name}?${parameters}`
  const answer = await fetch(address, {
    headers: { accept: 'application/json', ...(feed.token ? { authorization: `Bearer ${feed.token}` } : {}) },
    signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]),
  })
  if (answer.status === 410) throw new CursorExpired(`feed ${name}: the cursor has expired`)
  if (!answer.ok) throw new Error(`feed ${name}: status ${answer.status} ${(await answer.text()).slice(0, 300)}`)
  const page = (await answer.json()) as Omit<FeedPage, 'retryAfter'>
  const after = answer.headers.get('retry-after')
  return { ...page, retryAfter: after === null ? 1 : Number(after) || 0 }
}
