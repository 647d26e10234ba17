import { fileURLToPath } from 'node:url'
import { readPageFiles } from '../api/page-files.ts'
import { type RunningApi, startApi } from '../api/server.ts'
import { StreamError } from '../errors.ts'
import { cursorKey } from '../operations/cursor-key.ts'
import type { Demo } from '../operations/demo.ts'
import { openOperations } from '../operations/wiring.ts'
import type { Governors } from '../platform/governor/governors.ts'
import { networkRulesOf } from '../platform/network-rules.ts'
import type { Platform } from './platform.ts'
import type { RunningPart } from './running-part.ts'

/** Where `scripts/bootstrap.mjs`, or the image, has built the control tower. */
const PAGE = fileURLToPath(new URL('../../web/dist', import.meta.url))

/** Listens last, so that its readiness knows of all the parts of its process. */
export async function startApiRole(
  platform: Platform,
  parts: RunningPart[],
  governors: Governors,
  demo?: Demo,
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
  const operations = openOperations(platform, governors)
  parts.push({ name: 'operations', close: () => operations.close() })
  const api = await startApi({
    ...config.api,
    http: config.http,
    operations,
    clock,
    logger,
    checks,
    network: networkRulesOf(config.environment),
    cursorKey: await cursorKey(tables, config.cursorKey),
    page: await readPageFiles(PAGE),
    ...(demo === undefined ? {} : { demo }),
    heldBack: () => parts.flatMap(({ heldBack }) => heldBack?.() ?? []),
  })
  parts.push({ name: 'api', close: () => api.close() })
  return api
}
