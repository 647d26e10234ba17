import { fileURLToPath } from 'node:url'
import { readPageFiles } from '../api/page-files.ts'
import { type RunningApi, startApi } from '../api/server.ts'
import { cursorKey } from '../operations/cursor-key.ts'
import type { Demo } from '../operations/demo.ts'
import type { OperationDeps } from '../operations/dependencies.ts'
import { createRecipientStore } from '../operations/notifications/recipient-row.ts'
import { runNotifications } from '../operations/notifications/run-notifications.ts'
import { runSubscriptions } from '../operations/outgoing/run-subscriptions.ts'
import { createSubscriptionStore } from '../operations/outgoing/subscription-row.ts'
import { openOperations, openWebhookSender } from '../operations/wiring.ts'
import type { Governors } from '../platform/governor/governors.ts'
import type { Sample } from '../platform/metrics/meter.ts'
import { networkRulesOf } from '../platform/network-rules.ts'
import type { FollowedConfiguration } from './follow-configuration.ts'
import { installationSamples } from './installation-samples.ts'
import type { Platform } from './platform.ts'
import { processChecks } from './process-checks.ts'
import { type RunningPart, startWork } from './running-part.ts'
import { type Looked, seldomLook } from './seldom-look.ts'

/** Folder in which `scripts/bootstrap.mjs`, or the image, builds the control tower. */
const PAGE = fileURLToPath(new URL('../../web/dist', import.meta.url))

/** The API, the notifications, the outgoing events, and the gauges from the tables, which only this role exports. */
export interface ApiRole {
  readonly api: RunningApi
  samples(): Promise<readonly Sample[]>
}

/** Listens last, so that its readiness includes all parts of the process. */
export async function startApiRole(
  platform: Platform,
  followed: FollowedConfiguration,
  parts: RunningPart[],
  governors: Governors,
  { demo, page = PAGE }: { readonly demo?: Demo; readonly page?: string } = {},
): Promise<ApiRole> {
  const { tables, clock, logger, config } = platform
  const operations = openOperations(platform, governors)
  parts.push({ name: 'operations', close: () => operations.close() })
  const api = await startApi({
    ...config.api,
    http: config.http,
    operations,
    clock,
    logger,
    checks: processChecks(platform, parts),
    network: networkRulesOf(config.environment),
    cursorKey: await cursorKey(tables, config.cursorKey),
    page: await readPageFiles(page),
    ...(demo === undefined ? {} : { demo }),
    heldBack: () => parts.flatMap(({ heldBack }) => heldBack?.() ?? []),
  })
  parts.push({ name: 'api', close: () => api.close() })
  parts.push(startNotifications(platform, followed, operations), startSubscriptions(platform, followed, operations))
  const look = seldomLook(() => installationSamples(operations), platform)
  return { api, samples: async () => lookedSamples(await look()) }
}

/** Runs in this role because it has the status from the tables, and the signing secrets of recipients' webhooks. */
function startNotifications(
  { tables, clock, logger, meter }: Platform,
  followed: FollowedConfiguration,
  { sendNotice }: Pick<OperationDeps, 'sendNotice'>,
): RunningPart {
  const store = createRecipientStore(tables)
  const recipients = () => followed.current().recipients ?? []
  const deps = { tables, recipients, store, sendNotice, clock, logger, meter, random: Math.random }
  return startWork('notifications', (signal) => runNotifications(deps, signal))
}

/** This role has the records of topics that events are made from, and the secrets that they are signed with. */
function startSubscriptions(
  platform: Platform,
  followed: FollowedConfiguration,
  operations: OperationDeps,
): RunningPart {
  const store = createSubscriptionStore(platform.tables)
  const sendWebhook = openWebhookSender(platform)
  const { clock, logger, meter } = platform
  const sending = {
    store,
    sendWebhook,
    clock,
    logger,
    meter,
    random: Math.random,
    configuration: () => followed.current(),
  }
  return startWork('subscriptions', (signal) => runSubscriptions({ ...operations, ...sending }, signal))
}

function lookedSamples(looked: Looked<readonly Sample[]> | null): readonly Sample[] {
  if (looked === null) return []
  const { found, tookMs, ageMs } = looked
  return [
    ...found,
    { name: 'waldstream_tables_look_seconds', labels: {}, value: tookMs / 1000 },
    { name: 'waldstream_tables_look_age_seconds', labels: {}, value: ageMs / 1000 },
  ]
}
