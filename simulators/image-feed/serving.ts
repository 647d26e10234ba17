import type { ImageRow } from './feed-store.ts'
import { readRow } from './read-row.ts'

/** How the feed is served, beside what is in it; `PUT /_sim/serving` sets it whole, `POST /_sim/reset` as usual. */
export interface Serving {
  /** HTTP Basic; null: nobody is asked. */
  login: { username: string; password: string } | null
  /** A header that has to be there with its value. */
  key: { name: string; value: string } | null
  /** False: Last-Modified alone tells that the feed is the same. */
  etag: boolean
  /** The first rows only. */
  rows: number | null
  /** Half of the file is sent, with the length of all of it or with none, and the connection is closed. */
  cut: 'announced' | 'unannounced' | null
  /** Instead of the feed, a redirect to there. */
  redirectTo: string | null
  /** Put into the feed once it was sent the next time: it changes while it is being read. */
  thenPut: ImageRow | null
}

export const asUsual: Serving = {
  login: null,
  key: null,
  etag: true,
  rows: null,
  cut: null,
  redirectTo: null,
  thenPut: null,
}

/** What `PUT /_sim/serving` was sent; what is left out is as usual. @throws Error that names the field */
export function readServing(body: unknown): Serving {
  const given = Object(body) as Partial<Serving>
  const unknown = Object.keys(given).find((name) => !(name in asUsual))
  if (unknown !== undefined) throw new Error(`"${unknown}" is none of ${Object.keys(asUsual).join(', ')}.`)
  const serving = { ...asUsual, ...given }
  return { ...serving, thenPut: serving.thenPut === null ? null : readRow(serving.thenPut) }
}
