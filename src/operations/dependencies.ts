import type { Logger } from 'pino'
import type { ConfigurationStore } from '../configuration/configuration-store.ts'
import type { ResolveReference } from '../configuration/references.ts'
import type { AuditTrail } from '../control/audit-trail.ts'
import type { CutDateDeps } from '../control/cut-dates.ts'
import type { DeadLetters } from '../control/dead-letters/create-dead-letters.ts'
import type { PreviewRetry } from '../control/dead-letters/preview.ts'
import type { KeyStore } from '../control/keys/key-store.ts'
import type { Replays } from '../control/replays/create-replays.ts'
import type { SyncRequester } from '../control/request-sync.ts'
import type { ShareStore } from '../control/shares/share-store.ts'
import type { SyncRequests } from '../control/sync-requests.ts'
import type { Clock } from '../platform/clock.ts'
import type { EventCodec } from '../platform/codec.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import type { LogAdmin, LogProducer } from '../platform/kafka/event-log.ts'
import type { PersonKeys } from '../platform/persons/person-keys.ts'
import type { Positions } from '../platform/runtime/positions.ts'
import type { StatusReporter } from '../platform/runtime/status-reporter.ts'
import type { Tracer } from '../platform/tracing/tracer.ts'
import type { LetterFilter } from '../projections/list-dead-letters.ts'
import type { Feed } from '../projections/projection.ts'
import type { Rebuilds } from '../projections/rebuild/create-rebuilds.ts'
import type { StagedDeps } from '../projections/show-staged.ts'
import type { FindProducts } from '../rules/ownership.ts'
import type { SystemDefinition } from '../systems/system.ts'
import type { CountEntities } from './count-entities.ts'
import type { TestSystem } from './doctor/test-system.ts'
import type { ForgetProof } from './forget/forget-person.ts'
import type { Wanted } from './forget/person.ts'
import type { Installation } from './installation/installation.ts'
import type { OpenMapAnew } from './map-anew.ts'
import type { SendNotice } from './notifications/send-notice.ts'
import type { PullNotes } from './pulls/note-pulls.ts'
import type { RecentEvents } from './recent-events.ts'
import type { SampleEffects } from './sample-effects.ts'
import type { WebhookSystems } from './webhook-systems.ts'

/** Dependencies of operations on tables. `tableDeps` creates them. */
export interface TableDeps {
  readonly tables: Tables
  /** All types of systems. */
  readonly systemTypes: ReadonlyMap<string, SystemDefinition>
  readonly clock: Pick<Clock, 'now'>
  readonly configuration: ConfigurationStore
  readonly cutDates: CutDateDeps
  readonly countEntities: CountEntities
  readonly audit: AuditTrail
  /** Keys of the API's callers. */
  readonly keys: KeyStore
  /** Links to vendors' parts of orders. */
  readonly shares: ShareStore
}

/** Dependencies of all operations. `operationDeps` creates them. */
export interface OperationDeps extends TableDeps {
  /** Served feeds. */
  readonly feeds: readonly Feed[]
  readonly logger: Logger
  readonly codec: EventCodec
  readonly producer: LogProducer
  readonly admin: LogAdmin
  readonly reporter: StatusReporter
  readonly positions: Positions
  /** Undefined: tracing is off. */
  readonly tracer?: Tracer | undefined
  readonly topicPrefix: string
  /** Partitions of the `universal-*` topics. */
  readonly shards: number
  /** Same as the projector's. */
  readonly settleMs: number
  /** What is known of a feed's progress may be so old where a page of it is read; missing: 0. */
  readonly metaKeptMs?: number
  /** When sources were read, and their connections, may be known from so long ago; missing: 0. */
  readonly agesKeptMs?: number
  /** The value behind `env:NAME` or `file:/path`. */
  readonly resolveSecret: ResolveReference
  readonly webhookSystems: WebhookSystems
  /** The services and tables that it runs on. */
  readonly installation: Installation
  /** Version of the product. */
  readonly version: string
  /** Calls a system and returns the findings. */
  readonly testSystem: TestSystem
  /** Sends a notification to a recipient. */
  readonly sendNotice: SendNotice
  readonly deadLetters: DeadLetters<LetterFilter>
  readonly previewRetry: PreviewRetry
  /** Maps a dead letter's order again, for a retry. */
  readonly mapAnew: OpenMapAnew
  /** The effects of replaying one event. */
  readonly sampleEffects: SampleEffects
  readonly recentEvents: RecentEvents
  /** Records of who pulled which feed. */
  readonly pulls: Pick<PullNotes, 'note'>
  readonly products: FindProducts
  /** Stages that may park records with the current configuration. */
  readonly parkingStages: () => Promise<readonly string[]>
  /** Reads the events of staged entities. */
  readonly staged: StagedDeps
  /** Appends sync requests to their topic. */
  readonly requester: SyncRequester
  /** Stored sync requests, by id. */
  readonly syncRequests: SyncRequests
  readonly replays: Replays
  readonly rebuilds: Rebuilds
  /** Pseudonyms of persons, and which persons are forgotten. */
  readonly personKeys: Pick<PersonKeys, 'secret' | 'isForgotten'>
  /** Forgets a person everywhere, or reports the stored data. */
  readonly forgetPerson: (wanted: Wanted, dryRun: boolean) => Promise<ForgetProof>
}
