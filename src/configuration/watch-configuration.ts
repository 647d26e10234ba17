import type { Clock } from '../platform/clock.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import type { Configuration } from './model.ts'
import { readConfiguration, readRevision } from './read-configuration.ts'

export interface ConfigurationWatch {
  /** The newest snapshot. */
  current(): Configuration
  /** Stops the watch; resolves when the last read has ended. */
  close(): Promise<void>
}

export interface WatchOptions {
  readonly everyMs: number
  /** Called when a poll failed; the last snapshot stays, and polling continues. */
  readonly onProblem: (error: unknown) => void
}

/** Reads the configuration, then reads it again whenever its revision changes. Rejects when the first read fails. */
export async function watchConfiguration(
  tables: Tables,
  clock: Clock,
  { everyMs, onProblem }: WatchOptions,
): Promise<ConfigurationWatch> {
  let current = await readConfiguration(tables)
  const closing = new AbortController()
  const follow = async () => {
    while (!closing.signal.aborted) {
      await clock.sleep(everyMs, closing.signal).catch(() => undefined)
      if (closing.signal.aborted) return
      try {
        if ((await readRevision(tables)) !== current.revision) current = await readConfiguration(tables)
      } catch (error) {
        onProblem(error)
      }
    }
  }
  const following = follow()
  return {
    current: () => current,
    close: async () => {
      closing.abort()
      await following
    },
  }
}
