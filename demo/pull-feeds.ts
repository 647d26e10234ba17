import { postJson } from './http.ts'

/** Rows that each feed gave the shop. */
export type PulledRows = Readonly<Record<(typeof feeds)[number], number>>

const feeds = ['products', 'inventory', 'prices', 'images'] as const

type PullAnswer = Readonly<
  Record<keyof PulledRows, { readonly read: number; readonly complete: boolean; readonly error?: string }>
>

/** Pulls as the shop's cron does: a run ends where a feed has no more rows, until every feed is caught up. */
export async function pullFeeds(shop: string): Promise<PulledRows> {
  const rows = { products: 0, inventory: 0, prices: 0, images: 0 }
  for (;;) {
    const answer = await postJson<PullAnswer>(`${shop}/_sim/pull`)
    for (const feed of feeds) rows[feed] += answer[feed].read
    const runs = feeds.map((feed) => answer[feed])
    if (runs.every(({ complete }) => complete)) return rows
    // The comparison of both ends shows what is missing.
    if (runs.some(({ error }) => error !== undefined)) return rows
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}
