import type { Configuration } from '../configuration/model.ts'
import type { ConfigurationWatch } from '../configuration/watch-configuration.ts'
import type { Platform } from './platform.ts'

/** How often it checks for a new configuration; the watch itself reads it. */
const CHECK_EVERY_MS = 250
const RETRY_AFTER_MS = 5_000

export interface FollowedConfiguration {
  /** The newest configuration whose systems have their topics. */
  current(): Configuration
  /** Calls `take` with the current and every later configuration; logs a failure and tries again. */
  follow(take: (configuration: Configuration) => Promise<void>): Promise<void>
  close(): Promise<void>
}

/**
 * The configuration that the roles use. A configuration with new systems takes effect only when their topics exist:
 * otherwise a processor would send to a topic that the broker creates with its own defaults.
 */
export async function followConfiguration(
  platform: Pick<Platform, 'createTopics' | 'clock' | 'logger'>,
  watch: ConfigurationWatch,
): Promise<FollowedConfiguration> {
  const { clock, logger } = platform
  let current = watch.current()
  await platform.createTopics(current.systems)
  const known = new Set(current.systems.map(({ id }) => id))
  const takers: { readonly take: (configuration: Configuration) => Promise<void>; taken: Configuration | null }[] = []
  const step = async () => {
    const next = watch.current()
    const added = next.systems.map(({ id }) => id).filter((id) => !known.has(id))
    if (added.length > 0) await platform.createTopics(next.systems)
    for (const id of added) known.add(id)
    if (next !== current) logger.info({ revision: next.revision }, 'using a new configuration')
    current = next
    for (const taker of takers) {
      if (taker.taken === current) continue
      await taker.take(current)
      taker.taken = current
    }
  }
  const closing = new AbortController()
  const tried = async () => {
    try {
      await step()
      return CHECK_EVERY_MS
    } catch (err) {
      logger.warn({ err }, 'could not apply a new configuration completely; trying again')
      return RETRY_AFTER_MS
    }
  }
  const loop = async () => {
    for (let wait = CHECK_EVERY_MS; !closing.signal.aborted; ) {
      await clock.sleep(wait, closing.signal).catch(() => undefined)
      if (!closing.signal.aborted) wait = await tried()
    }
  }
  const looping = loop()
  return {
    current: () => current,
    async follow(take) {
      const first = current
      const taken = await take(first).then(
        () => first,
        (err: unknown) => {
          logger.warn({ err }, 'could not apply a new configuration completely; trying again')
          return null
        },
      )
      takers.push({ take, taken })
    },
    async close() {
      closing.abort()
      await looping
    },
  }
}
