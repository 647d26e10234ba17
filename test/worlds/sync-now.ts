import type { Platform } from '../../src/cli/platform.ts'
import { createSyncRequester } from '../../src/control/request-sync.ts'
import { getRun } from '../../src/control/runs.ts'
import { until } from './processes-until.ts'

/** Runs reads of an installation whose producer works, and resolves with a run when it has ended, however it ended. */
export function syncsOf(platform: Platform) {
  const requester = createSyncRequester({ ...platform, topicPrefix: platform.config.topicPrefix })
  return async (read: string, more: { readonly from?: number; readonly trigger?: string } = {}) => {
    const requestedAt = Date.now()
    const id = await requester.request({ read, requestId: String(requestedAt), trigger: 'cli', requestedAt, ...more })
    return await until(`the run of ${read}`, async () => {
      const asked = await getRun(platform.tables, id)
      // One that was already due does the same.
      const other = asked?.merged_into ?? null
      const run = other === null ? asked : await getRun(platform.tables, other)
      return run !== undefined && run.ended_at !== null ? run : undefined
    })
  }
}
