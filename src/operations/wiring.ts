import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { noteChange } from '../configuration/changes.ts'
import { createConfigurationStore } from '../configuration/configuration-store.ts'
import { folderRulesOf } from '../configuration/folder-rules.ts'
import { checkRead } from '../configuration/load-configuration.ts'
import { readConfiguration } from '../configuration/read-configuration.ts'
import { createResolver } from '../configuration/references.ts'
import { roleRulesOf } from '../configuration/role-rules.ts'
import { createAuditTrail } from '../control/audit-trail.ts'
import { type CutDateDeps, settleCutDates } from '../control/cut-dates.ts'
import { createDeadLetters } from '../control/dead-letters/create-dead-letters.ts'
import { createKeyStore } from '../control/keys/key-store.ts'
import { createReplays } from '../control/replays/create-replays.ts'
import { replayRows } from '../control/replays/replay.ts'
import type { ReplayDeps } from '../control/replays/run-replay.ts'
import { createSyncRequester } from '../control/request-sync.ts'
import { createShareStore } from '../control/shares/share-store.ts'
import { createSyncRequests } from '../control/sync-requests.ts'
import type { Clock } from '../platform/clock.ts'
import type { EventCodec } from '../platform/codec.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { createGovernors, type Governors } from '../platform/governor/governors.ts'
import { createGuardedHttp } from '../platform/guarded-http.ts'
import { createJobs } from '../platform/jobs.ts'
import type { EventLog, LogAdmin, LogProducer } from '../platform/kafka/event-log.ts'
import type { RecordReader } from '../platform/kafka/record-reader.ts'
import { createMailer } from '../platform/mail.ts'
import { networkRulesOf } from '../platform/network-rules.ts'
import type { PersonKeys } from '../platform/persons/person-keys.ts'
import type { Positions } from '../platform/runtime/positions.ts'
import type { StatusReporter } from '../platform/runtime/status-reporter.ts'
import { createWebhookSender, type SendSignedWebhook } from '../platform/signed-webhook.ts'
import type { Tracer } from '../platform/tracing/tracer.ts'
import { feeds } from '../projections/feeds.ts'
import { createFindProducts } from '../projections/find-products.ts'
import { letterStore } from '../projections/letter-store.ts'
import type { BuildDeps } from '../projections/rebuild/build.ts'
import { createRebuilds } from '../projections/rebuild/create-rebuilds.ts'
import { rebuildRows } from '../projections/rebuild/rebuild.ts'
import type { SystemDefinition } from '../systems/system.ts'
import { entityCounter } from './count-entities.ts'
import type { OperationDeps, TableDeps } from './dependencies.ts'
import { createSystemTests } from './doctor/test-system.ts'
import { forgetPerson } from './forget/forget-person.ts'
import { createInstallation, type Grounds } from './installation/installation.ts'
import { letterActNotes } from './letter-acts.ts'
import { createMapAnew } from './map-anew.ts'
import { createSendNotice, type SendNotice } from './notifications/send-notice.ts'
import { checkedPost } from './post-office.ts'
import { createPreview } from './preview-retry.ts'
import { productVersion } from './product-version.ts'
import { createPullNotes } from './pulls/note-pulls.ts'
import { createRecentEvents } from './recent-events.ts'
import { replayTargets } from './replays.ts'
import { createSampleEffects } from './sample-effects.ts'
import { parkingStages } from './sinks.ts'
import { createWebhookSystems } from './webhook-systems.ts'

/** Parts of a process with open tables that operations need. */
export interface TablePlatform {
  readonly tables: Tables
  readonly systemTypes: ReadonlyMap<string, SystemDefinition>
  readonly clock: Pick<Clock, 'now'>
  readonly config: Pick<Config, 'environment' | 'auditDays'>
}

/** Parts of a fully connected process that operations need. */
export interface WholePlatform extends TablePlatform {
  readonly clock: Clock
  readonly config: Pick<
    Config,
    'environment' | 'auditDays' | 'topicPrefix' | 'partitions' | 'feedSettleMs' | 'runLeaseMs' | 'mail' | 'publicUrl'
  >
  readonly logger: Logger
  readonly log: EventLog
  readonly producer: LogProducer
  readonly admin: LogAdmin
  readonly codec: EventCodec
  readonly personKeys: PersonKeys
  readonly reporter: StatusReporter
  readonly positions: Positions
  readonly tracer?: Tracer | undefined
  readonly grounds: Grounds
  openReader(): Promise<RecordReader>
}

/** Dependencies of operations that need only tables. */
export function tableDeps({ tables, systemTypes, clock, config }: TablePlatform): TableDeps {
  const check = (documents: Parameters<typeof checkRead>[0]['documents']) =>
    checkRead({ documents, mistakes: [] }, config.environment, systemTypes)
  // Cut dates use the same history as the configuration.
  const cutDates: CutDateDeps = {
    tables,
    note: async (read, { before, after, ...change }) => {
      const values = { before: { cut_date: before }, after: { cut_date: after } }
      await noteChange(tables, { ...change, ...values, kind: 'cut-date', id: read })
    },
  }
  const configuration = createConfigurationStore({ tables, check, settle: () => settleCutDates(cutDates) })
  const keys = createKeyStore(tables, clock)
  const audit = createAuditTrail(tables, clock, config.auditDays)
  const shares = createShareStore(tables, clock)
  const countEntities = entityCounter(tables)
  return { tables, systemTypes, clock, configuration, cutDates, countEntities, audit, keys, shares }
}

export interface OpenOperations extends OperationDeps {
  close(): Promise<void>
}

/** Time limit for the test of a system: long enough for a slow system, short enough for a person. */
const TEST_LIMIT_MS = 15_000
/** Half of it is added to the age of a change in the feed, on average; fewer reads of DynamoDB would save little more. */
const META_KEPT_MS = 50
/** Sources are read every few minutes; a changed policy for stale stock counts so much later. */
const AGES_KEPT_MS = 5_000

/**
 * Dependencies of all operations. `close` closes everything that they opened on demand. `governors`: those of the
 * process, so that an account's limits apply to its tests too.
 */
export function openOperations(
  platform: WholePlatform,
  governors: Governors = createGovernors(platform.clock),
): OpenOperations {
  const { tables, clock, config, systemTypes, codec, producer, admin, reporter, positions, logger, personKeys } =
    platform
  const { topicPrefix, partitions: shards, feedSettleMs: settleMs } = config
  const products = createFindProducts({ tables, clock, shards })
  const requester = createSyncRequester({ producer, codec, topicPrefix })
  const reader = lazyReader(() => platform.openReader())
  const pulls = createPullNotes({ tables, clock, logger })
  const configured = () => readConfiguration(tables)
  const parts = { ...platform, topicPrefix }
  const resolveSecret = createResolver(config.environment)
  const { grounds } = platform
  const installation = createInstallation({
    grounds,
    tables,
    systemTypes,
    clock,
    reader,
    prefix: topicPrefix,
    partitions: shards,
  })
  return {
    ...tableDeps(platform),
    feeds,
    logger,
    codec,
    producer,
    admin,
    reporter,
    positions,
    tracer: platform.tracer,
    personKeys,
    topicPrefix,
    shards,
    settleMs,
    metaKeptMs: META_KEPT_MS,
    agesKeptMs: AGES_KEPT_MS,
    products,
    requester,
    resolveSecret,
    webhookSystems: createWebhookSystems({ tables, clock, resolveSecret, logger }),
    testSystem: createSystemTests({
      clock,
      logger,
      governors,
      network: networkRulesOf(config.environment),
      mayUseRole: roleRulesOf(config.environment),
      folderOf: folderRulesOf(config.environment),
      post: checkedPost(config),
      resolveSecret,
      systemTypes,
      limitMs: TEST_LIMIT_MS,
    }),
    sendNotice: openSendNotice(platform),
    deadLetters: createDeadLetters({ ...parts, store: letterStore(tables), noteAct: letterActNotes(tables) }),
    previewRetry: createPreview({ ...parts, products }, configured),
    mapAnew: createMapAnew({ ...parts, products, reader }, configured),
    sampleEffects: createSampleEffects({ ...parts, products, reader, feeds, shards }, configured),
    recentEvents: createRecentEvents(parts),
    pulls,
    parkingStages: async () => parkingStages((await configured()).systems, systemTypes),
    staged: { reader, codec, topicPrefix },
    syncRequests: createSyncRequests({ tables, clock, requester }),
    replays: createReplays({
      ...replayDeps(platform),
      targets: async () => replayTargets((await configured()).systems, systemTypes),
    }),
    rebuilds: createRebuilds(buildDeps(platform)),
    forgetPerson: (wanted, dryRun) => forgetPerson({ ...parts, configuration: configured }, wanted, dryRun),
    installation,
    version: productVersion(),
    close: async () => void (await Promise.all([pulls.close(), reader.close(), installation.close()])),
  }
}

/** Posts webhooks to networks that the environment allows. */
export function openWebhookSender({ config, clock }: Pick<WholePlatform, 'config' | 'clock'>): SendSignedWebhook {
  return createWebhookSender(createGuardedHttp(networkRulesOf(config.environment)), clock)
}

/**
 * Sends notifications through the environment's mail server, and to webhooks in networks that the environment allows.
 */
export function openSendNotice({ config, clock }: Pick<WholePlatform, 'config' | 'clock'>): SendNotice {
  const { environment, mail, publicUrl } = config
  return createSendNotice({
    sendWebhook: openWebhookSender({ config, clock }),
    sendMail: mail === null ? null : createMailer(mail),
    resolveSecret: createResolver(environment),
    publicUrl,
  })
}

/** Processes read a new configuration every two seconds; a process that cannot read it cannot handle records either. */
const SPREAD_MS = 6_000

/** Dependencies of replays, for requests and for the worker that runs them. */
export function replayDeps(platform: WholePlatform): ReplayDeps & { readonly clock: Clock } {
  const { tables, config } = platform
  return {
    ...platform,
    topicPrefix: config.topicPrefix,
    jobs: createJobs(tables, replayRows),
    readConfiguration: () => readConfiguration(tables),
    leaseMs: config.runLeaseMs,
    spreadMs: SPREAD_MS,
  }
}

/** Dependencies of rebuilds, for requests and for the worker that runs them. */
export function buildDeps(platform: WholePlatform): BuildDeps {
  const { tables, config } = platform
  const { topicPrefix, partitions: shards, runLeaseMs: leaseMs } = config
  return { ...platform, topicPrefix, shards, leaseMs, feeds, jobs: createJobs(tables, rebuildRows) }
}

/** Connects on the first read; after a failure the next read connects again. */
function lazyReader(open: () => Promise<RecordReader>): RecordReader {
  let opened: Promise<RecordReader> | undefined
  return {
    async read(places) {
      opened ??= open()
      const own = opened
      const reader = await own.catch((error: unknown) => {
        if (opened === own) opened = undefined
        throw error
      })
      return await reader.read(places)
    },
    close: async () => void (await (await opened)?.close()),
  }
}
