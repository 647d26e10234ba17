import { createServer, type OutgoingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import { controlTables } from '../../src/control/tables.ts'
import { toStreamError } from '../../src/errors.ts'
import { createReader } from '../../src/producers/create-reader.ts'
import { createReaderNotes } from '../../src/producers/reader-notes.ts'
import { createClients } from '../../src/systems/clients.ts'
import type { SourceReader } from '../../src/systems/kit/source.ts'
import { localNetwork } from '../data/loopback.ts'
import { memoryTables } from '../memory/tables.ts'
import { checkedRead, governors, readAll, systemOf, wallClock } from './sources.ts'

/** A file as a vendor's server sends it. */
export interface ServedFile {
  readonly bytes: Buffer | string
  readonly headers?: OutgoingHttpHeaders
}

/** What came of a feed: addresses and labels by SKU, and what was refused of it, or of it all. */
export interface FeedOutcome {
  readonly images: Readonly<Record<string, readonly string[]>>
  readonly labels: Readonly<Record<string, readonly (string | null)[]>>
  /** Messages by key. */
  readonly refused: Readonly<Record<string, string>>
  /** Messages by key. */
  readonly warned: Readonly<Record<string, string>>
  /** Null: it was read. */
  readonly failed: { readonly code: string; readonly message: string } | null
}

/** Reads the feed at an address as a worker does. */
export async function readFeedAt(
  address: string,
  settings: Readonly<Record<string, unknown>>,
  secrets: Readonly<Record<string, string>> = {},
): Promise<FeedOutcome> {
  const logger = pino({ level: 'silent' })
  const deps = { clock: wallClock, governors, network: localNetwork, logger, resolveSecret: () => 'secret' }
  const system = systemOf({ id: 'images', type: 'image-feed', address, settings, secrets })
  const connected = {
    clock: wallClock,
    clients: createClients(deps),
    notes: createReaderNotes(memoryTables(controlTables)),
  }
  const reader = createReader(checkedRead(system, 'images', 1000), system, connected) as SourceReader<'images'>
  try {
    const { entities, unreadable } = await readAll(reader)
    const galleries = entities.map(({ key, data }) => [key, data.gallery] as const)
    return {
      images: Object.fromEntries(galleries.map(([key, gallery]) => [key, gallery.map(({ url }) => url)])),
      labels: Object.fromEntries(galleries.map(([key, gallery]) => [key, gallery.map(({ label }) => label)])),
      warned: Object.fromEntries(
        entities.flatMap(({ key, warning }) => (warning === undefined ? [] : [[key, warning.message]])),
      ),
      refused: Object.fromEntries(unreadable.map(({ key, error }) => [key, toStreamError(error).message])),
      failed: null,
    }
  } catch (error) {
    const { code, message } = toStreamError(error)
    return { images: {}, labels: {}, warned: {}, refused: {}, failed: { code, message } }
  }
}

/** Serves one file, and reads it. */
export async function readFile(file: ServedFile, settings: Readonly<Record<string, unknown>>): Promise<FeedOutcome> {
  const server = createServer((_, response) => response.writeHead(200, file.headers).end(file.bytes))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return await readFeedAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}/feed`, settings)
}
