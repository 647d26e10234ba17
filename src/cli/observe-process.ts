import { toStreamError } from '../errors.ts'
import { productVersion } from '../operations/product-version.ts'
import type { Observed } from '../platform/metrics/metrics-server.ts'
import { sharedLook } from '../platform/shared-look.ts'
import { withinLimit } from '../platform/time-limit.ts'
import type { Platform } from './platform.ts'
import { processChecks } from './process-checks.ts'
import { accountSamples, stageSamples } from './process-samples.ts'
import type { RunningRoles } from './roles.ts'

/** Brokers and tables are checked once in this time, however often readiness is requested. */
const CHECKED_EVERY_MS = 2_000
/** A check that takes longer fails. */
const CHECK_LIMIT_MS = 5_000

/** Health and metrics of this process. While `roles` is undefined the process is starting: live, but not ready. */
export function observeProcess(
  platform: Platform,
  chosen: readonly string[],
  roles: () => RunningRoles | undefined,
): Observed {
  const { clock, meter } = platform
  const version = productVersion()
  const stages = () => roles()?.parts.flatMap((part) => part.stages?.() ?? []) ?? []
  const live = async () => stages().flatMap(({ name, stalled }) => (stalled === null ? [] : [`${name}: ${stalled}`]))
  const check = async () => {
    const running = roles()
    if (running === undefined) return { roles: 'starting' }
    const checks = Object.entries(processChecks(platform, running.parts)).map(async ([name, one]) => {
      const found = withinLimit(clock, CHECK_LIMIT_MS, one())
      return [
        name,
        await found.then(
          () => 'ok',
          (error: unknown) => toStreamError(error).code,
        ),
      ] as const
    })
    return Object.fromEntries<string>(await Promise.all(checks))
  }
  const ready = sharedLook<Readonly<Record<string, string>>>(check, clock, CHECKED_EVERY_MS)
  return {
    live,
    ready,
    async metrics() {
      const running = roles()
      const [checks, problems, ofTables] = await Promise.all([ready(), live(), running?.installation?.() ?? []])
      const isReady = Object.values(checks).every((state) => state === 'ok')
      const isLive = problems.length === 0
      return await meter.exposition([
        ...chosen.map((role) => ({ name: 'waldstream_info', labels: { version, role }, value: 1 }) as const),
        { name: 'waldstream_live', labels: {}, value: isLive ? 1 : 0 },
        { name: 'waldstream_ready', labels: {}, value: isReady ? 1 : 0 },
        ...stageSamples(stages(), clock.now()),
        ...accountSamples(running?.accounts() ?? []),
        ...ofTables,
      ])
    },
  }
}
