import { type FeedAddress, type FeedName, feedNames, type PullCounts, pullFeed } from './pull-feed.ts'
import { type PullSettings, usualPullSettings } from './pull-settings.ts'
import type { Shop } from './shop.ts'

/** Result of one run of the job. */
export type PullReport = { at: string } & Record<FeedName, PullCounts>

/** The shop's scheduled job, as the module installed in it runs it. */
export interface PullJob {
  setFeed(feed: FeedAddress): void
  /** Changes these settings. */
  configure(settings: Partial<PullSettings>): void
  /** Waits for a running run to end, then runs. @throws Error when the feed's address is not set */
  pull(again?: boolean): Promise<PullReport>
  /** The last fifty reports, oldest first. */
  reports(): PullReport[]
  busy(): boolean
  /** Stops a running run and waits for its end. */
  stop(): Promise<void>
}

export interface PullJobOptions {
  /** Every address that the shop's own images ever had. */
  ownMedia: () => readonly string[]
  feed?: FeedAddress | undefined
  settings?: Partial<PullSettings> | undefined
}

export function createPullJob(shop: Shop, options: PullJobOptions): PullJob {
  const stopped = new AbortController()
  const reports: PullReport[] = []
  let { feed } = options
  let settings = { ...usualPullSettings, ...options.settings }
  let running: Promise<unknown> = Promise.resolve()
  let waiting = 0

  const run = async (again: boolean): Promise<PullReport> => {
    const { api, connection } = feed ?? {}
    if (api === undefined || connection === undefined) {
      throw new Error('There is no feed to pull from: POST {"api", "connection"} to /_sim/feed first.')
    }
    const address = { ...feed, api, connection }
    const pull = { shop, address, settings, again, ownMedia: options.ownMedia(), signal: stopped.signal }
    const counts: [FeedName, PullCounts][] = []
    for (const name of feedNames) counts.push([name, await pullFeed(pull, name)])
    const report = { at: shop.clock.now().toISOString(), ...Object.fromEntries(counts) } as PullReport
    reports.push(report)
    reports.splice(0, reports.length - 50)
    return report
  }
  return {
    setFeed(next) {
      feed = next
    },
    configure(changes) {
      settings = { ...settings, ...changes }
    },
    pull(again = false) {
      waiting += 1
      const next = running
        .then(() => run(again))
        .finally(() => {
          waiting -= 1
        })
      running = next.catch(() => undefined)
      return next
    },
    reports: () => [...reports],
    busy: () => waiting > 0,
    async stop() {
      stopped.abort()
      await running
    },
  }
}
