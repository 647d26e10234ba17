import { StreamError } from '../src/errors.ts'

/** A JSON request to the product's API or a simulator, over real HTTP; throws with the address and status when refused. */
export async function requestJson<T>(url: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(url, init)
  const text = await response.text()
  if (!response.ok)
    throw new StreamError('target_unavailable', `${url} answered ${response.status}: ${text.slice(0, 300)}`)
  return JSON.parse(text) as T
}

export async function postJson<T>(url: string, body: unknown = {}): Promise<T> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  return await requestJson<T>(url, init)
}

interface FeedPage<T> {
  readonly items: readonly T[]
  readonly cursor: string
  readonly complete: boolean
}

/** A whole feed, of one source where it is named, followed by its cursor until it is complete. */
export async function readFeed<T>(api: string, feed: string, connection: string, source = ''): Promise<readonly T[]> {
  const rows: T[] = []
  let cursor = ''
  for (;;) {
    const from = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const of = source === '' ? '' : `&source=${source}`
    const page = await requestJson<FeedPage<T>>(
      `${api}/v1/feeds/${feed}?connection=${connection}&limit=1000${of}${from}`,
    )
    rows.push(...page.items)
    if (page.complete) return rows
    cursor = page.cursor
    if (page.items.length === 0) await new Promise((resolve) => setTimeout(resolve, 250))
  }
}
