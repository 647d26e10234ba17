import { type Format, parseFeed } from '../../src/systems/image-feed/parse.ts'
import type { FeedRow } from '../../src/systems/image-feed/rows.ts'
import { clientSettings, settings as declared } from '../../src/systems/image-feed/settings.ts'
import { connectable } from './settings.ts'

/** The settings of an image feed whose system is configured so. */
export function settingsOf(settings: Readonly<Record<string, string>>, secrets: Readonly<Record<string, string>> = {}) {
  const address = 'https://feeds.test/images'
  return clientSettings(connectable(declared, { id: 'images', address, secrets, settings, limits: { concurrency: 2 } }))
}

/** The rows of a feed's text, which comes and is read in pieces of this size. */
export async function parseText(
  text: string,
  settings: Readonly<Record<string, string>> & { readonly format?: Format } = {},
  size = 7,
): Promise<FeedRow[]> {
  return (await parseFeed(pieces(text, size), settingsOf(settings).form, null, size)).rows
}

/** As a decoder gives them: it parts no character. */
async function* pieces(text: string, size: number): AsyncGenerator<string> {
  const characters = [...text]
  for (let start = 0; start < characters.length; start += size) yield characters.slice(start, start + size).join('')
}
