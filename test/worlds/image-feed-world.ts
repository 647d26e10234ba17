import { onTestFinished } from 'vitest'
import { startImageFeedSimulator } from '../../simulators/image-feed/start.ts'
import type { System } from '../../src/configuration/model.ts'
import type { ImageGalleryChanged } from '../../src/events/generated/events.ts'
import type { NetworkRules } from '../../src/platform/network-rules.ts'
import { localNetwork } from '../data/loopback.ts'
import { readWorld } from './read-world.ts'
import { catalogFile, readOf, systemOf } from './sources.ts'

export interface FeedWorldOptions {
  /** Name of the feed's file: `images.csv`, `.csv.gz`, `.json`, `.xml`. */
  readonly file?: string
  /** This machine's by default. */
  readonly network?: NetworkRules
  readonly settings?: Readonly<Record<string, string>>
  /** References to the values of `secrets`. */
  readonly secrets?: Readonly<Record<string, string>>
  readonly pageSize?: number
  readonly mostGone?: number
}

/** What settings each form of the simulator's feed needs. */
const settingsOfFile: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'images.json': { items: 'images' },
  'images.xml': { items: 'feed.image' },
}

/** The image feed's simulator, and producers that read it with memory for tables and topics; all of it ends with the test. */
export async function feedWorld(options: FeedWorldOptions = {}) {
  const { file = 'images.csv', pageSize = 5, mostGone } = options
  const simulator = await startImageFeedSimulator({
    dataFile: ':memory:',
    catalogFile,
    vendorPattern: /^WLD-/,
    seed: 1,
  })
  onTestFinished(() => simulator.close())
  const read = {
    ...readOf('images', 'images', pageSize),
    ...(mostGone === undefined ? {} : { sweep: { schedule: null, mostGone } }),
  }
  const system: System = systemOf({
    id: 'images',
    type: 'image-feed' as const,
    address: `${simulator.url}/feeds/${file}`,
    reads: [read],
    settings: { ...settingsOfFile[file], ...options.settings },
    secrets: options.secrets ?? {},
  })
  const world = readWorld('images', { system, read }, { network: options.network ?? localNetwork })
  const control = async (method: string, path: string, body?: unknown) => {
    const headers = { 'content-type': 'application/json' }
    const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) }
    const answer = await fetch(`${simulator.url}/_sim/${path}`, init)
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as unknown
  }
  return {
    ...world,
    url: simulator.url,
    /** What is known of each SKU now. */
    async galleries(): Promise<ReadonlyMap<string, ImageGalleryChanged>> {
      return new Map((await world.events()).map((event) => [event.key, event]))
    },
    putRow: (row: object) => control('PUT', 'rows', row),
    removeSku: (sku: string) => control('DELETE', `rows/${encodeURIComponent(sku)}`),
    serve: (serving: object) => control('PUT', 'serving', serving),
    fault: (...rules: readonly object[]) => control('POST', 'faults', rules),
    /** Requests for a path since the test began: method and status; 0 where there was no answer. */
    async requests(path: RegExp): Promise<readonly string[]> {
      const all = (await control('GET', 'requests')) as readonly { method: string; path: string; status: number }[]
      return all.filter((one) => path.test(one.path)).map(({ method, status }) => `${method} ${status}`)
    },
  }
}

export type FeedWorld = Awaited<ReturnType<typeof feedWorld>>
