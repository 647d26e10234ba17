import { cursorKey } from '../api/cursor-key.ts'
import { type RunningApi, startApi } from '../api/server.ts'
import { StreamError } from '../errors.ts'
import { createRecentEvents } from '../operations/recent-events.ts'
import { feeds } from '../projections/feeds.ts'
import { createFindProducts } from '../projections/find-products.ts'
import { configurationPart, cutDatePart, requestParts } from './control-parts.ts'
import { deadLetterParts } from './dead-letter-parts.ts'
import type { FollowedConfiguration } from './follow-configuration.ts'
import { parkingStages } from './parking-stages.ts'
import type { Part } from './part.ts'
import type { Platform } from './platform.ts'
import { rebuildParts, replayParts } from './resync-parts.ts'

/** Listens last, so that its readiness knows of all the parts of its process. */
export async function startApiRole(
  platform: Platform,
  followed: FollowedConfiguration,
  parts: Part[],
): Promise<RunningApi> {
  const { tables, clock, logger, config, admin } = platform
  const checks = {
    tables: async () => void (await tables.get('connections', { kind: 'revision', id: 'configuration' })),
    broker: async () => void (await admin.ends(`${config.topicPrefix}orders`)),
    consumers: async () => {
      const ill = parts.flatMap(({ problems }) => problems?.() ?? [])
      if (ill.length > 0) throw new StreamError('target_unavailable', ill.join('; '))
    },
  }
  const reader = await platform.openReader()
  parts.push({ name: 'reader', close: () => reader.close() })
  const api = await startApi({
    tables,
    systemTypes: platform.systemTypes,
    feeds,
    clock,
    logger,
    checks,
    cursorKey: await cursorKey(tables, config.cursorKey),
    settleMs: config.feedSettleMs,
    shards: config.partitions,
    ...deadLetterParts(platform),
    mapping: {
      recentEvents: createRecentEvents({ ...platform, topicPrefix: config.topicPrefix }),
      products: createFindProducts({ ...platform, shards: config.partitions }),
    },
    staged: { reader, codec: platform.codec, topicPrefix: config.topicPrefix },
    parkingStages: async () => parkingStages(followed.current().systems, platform.systemTypes),
    heldBack: () => parts.flatMap(({ heldBack }) => heldBack?.() ?? []),
    configuration: configurationPart(tables, config.environment, platform.systemTypes),
    setCutDate: cutDatePart(tables),
    replays: replayParts(platform).replays,
    rebuilds: rebuildParts(platform).rebuilds,
    ...requestParts(platform),
    ...config.api,
  })
  parts.push({ name: 'api', close: () => api.close() })
  return api
}
