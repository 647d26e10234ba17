import type { ImageRow } from './feed-store.ts'
import { readRow } from './read-row.ts'

/** How the feed is served; `PUT /_sim/serving` replaces the whole setting, `POST /_sim/reset` restores the default. */
export interface Serving {
  /** HTTP Basic; null: no login. */
  login: { username: string; password: string } | null
  /** A required header with its value. */
  key: { name: string; value: string } | null
  /** False: only Last-Modified shows that the feed is unchanged. */
  etag: boolean
  /** Only the first rows. */
  rows: number | null
  /** Sends half of the file, with the full length or without one, and closes the connection. */
  cut: 'announced' | 'unannounced' | null
  /** Redirects there instead of sending the feed. */
  redirectTo: string | null
  /** Inserted into the feed after the next send: it changes while it is being read. */
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

/** Validates the body of `PUT /_sim/serving`; missing fields get their defaults. @throws Error that names the field */
export function readServing(body: unknown): Serving {
  const given = Object(body) as Partial<Serving>
  const unknown = Object.keys(given).find((name) => !(name in asUsual))
  if (unknown !== undefined) throw new Error(`"${unknown}" is not one of ${Object.keys(asUsual).join(', ')}.`)
  const serving = { ...asUsual, ...given }
  return { ...serving, thenPut: serving.thenPut === null ? null : readRow(serving.thenPut) }
}
