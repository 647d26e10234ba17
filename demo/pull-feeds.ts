import { postJson } from './http.ts'

/** Rows that each feed gave the shop. */
export type PulledRows = Readonly<Record<'products' | 'inventory' | 'images', number>>

type PullAnswer = Readonly<
  Record<keyof PulledRows, { readonly read: number; readonly complete: boolean; readonly error?: string }>
>

/** Pulls as the shop's cron does: a run ends where a feed has no more rows, until every feed is caught up. */
export async function pullFeeds(shop: string): Promise<PulledRows> {
  const rows = { products: 0, inventory: 0, images: 0 }
  for (;;) {
    const { products, inventory, images } = await postJson<PullAnswer>(`${shop}/_sim/pull`)
    rows.products += products.read
    rows.inventory += inventory.read
    rows.images += images.read
    const runs = [products, inventory, images]
    if (runs.every(({ complete }) => complete)) return rows
    // The comparison of both ends shows what is missing.
    if (runs.some(({ error }) => error !== undefined)) return rows
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}
