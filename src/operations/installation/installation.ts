import { readConfiguration } from '../../configuration/read-configuration.ts'
import type { SystemTypes } from '../../configuration/system-type.ts'
import type { Clock } from '../../platform/clock.ts'
import type { DescribedTable } from '../../platform/dynamodb/describe-table.ts'
import type { TableDefinition, Tables } from '../../platform/dynamodb/tables.ts'
import type { InspectedBrokers, LogInspector } from '../../platform/kafka/log-inspector.ts'
import type { RecordReader } from '../../platform/kafka/record-reader.ts'
import { allTopics } from '../../platform/kafka/topic-definitions.ts'
import type { RegistryClient } from '../../platform/registry/registry-client.ts'
import { sharedLook } from '../../platform/shared-look.ts'
import type { Finding } from '../doctor/finding.ts'
import type { Principal } from '../principal.ts'
import { targetsOf } from '../sinks.ts'
import { tableDefinitions } from '../table-definitions.ts'
import { type Consumers, readConsumers } from './consumers.ts'
import { readSchemas, type SchemaState } from './schemas.ts'
import { readTopics, type TopicState } from './topics.ts'

/** Reads the state of the services below an installation, without changing it. */
export interface Grounds {
  /** Wanted replicas of each topic. */
  readonly replication: number
  openInspector(): Promise<LogInspector>
  describeTables(definitions: readonly TableDefinition[]): Promise<readonly DescribedTable[]>
  readonly registry: Pick<RegistryClient, 'latest' | 'compatibility' | 'accepts'>
  /** Every check of `waldstream doctor`. */
  examine(by: Principal): Promise<readonly Finding[]>
}

/**
 * The state of the services below an installation. Each query is bounded; callers within some seconds share its result.
 */
export interface Installation {
  consumers(): Promise<Consumers>
  topics(): Promise<readonly TopicState[]>
  tables(): Promise<readonly DescribedTable[]>
  schemas(): Promise<readonly SchemaState[]>
  brokers(): Promise<InspectedBrokers>
  /** Runs once at a time; concurrent callers share the result. */
  examine(by: Principal): Promise<readonly Finding[]>
}

interface InstallationDeps {
  readonly grounds: Grounds
  readonly tables: Tables
  readonly systemTypes: SystemTypes
  readonly clock: Pick<Clock, 'now'>
  readonly reader: Pick<RecordReader, 'read'>
  readonly prefix: string
  readonly partitions: number
}

const BROKER_LOOK_MS = 5_000
/** DynamoDB updates counts of items and bytes only every six hours. */
const TABLE_LOOK_MS = 30_000
const REGISTRY_LOOK_MS = 60_000

export function createInstallation(deps: InstallationDeps): Installation & { close(): Promise<void> } {
  const { grounds, clock, reader, prefix, partitions } = deps
  const { replication } = grounds
  const inspector = lazyInspector(() => grounds.openInspector())
  const definitions = async () => {
    const { systems } = await readConfiguration(deps.tables)
    return allTopics({ prefix, partitions, replication, targets: targetsOf(systems, deps.systemTypes) })
  }
  const onLog = <T>(look: (log: LogInspector) => Promise<T>) =>
    sharedLook(() => inspector.use(look), clock, BROKER_LOOK_MS)
  let examining: Promise<readonly Finding[]> | undefined
  return {
    consumers: onLog(async (log) => {
      const topics = new Set((await definitions()).map(({ name }) => name))
      return await readConsumers(log, reader, { prefix, topics })
    }),
    topics: onLog(async (log) => await readTopics(log, await definitions())),
    brokers: onLog((log) => log.brokers()),
    tables: sharedLook(() => grounds.describeTables(tableDefinitions), clock, TABLE_LOOK_MS),
    schemas: sharedLook(() => readSchemas(grounds.registry, prefix), clock, REGISTRY_LOOK_MS),
    examine: async (by) => {
      examining ??= grounds.examine(by).finally(() => {
        examining = undefined
      })
      return await examining
    },
    close: () => inspector.close(),
  }
}

/** Connects on first use. Reconnects after a failure, since the broker may have changed. */
function lazyInspector(open: () => Promise<LogInspector>) {
  let opened: Promise<LogInspector> | undefined
  const end = async () => {
    const last = opened
    opened = undefined
    await last?.then((log) => log.close()).catch(() => undefined)
  }
  return {
    async use<T>(look: (log: LogInspector) => Promise<T>): Promise<T> {
      opened ??= open()
      try {
        return await look(await opened)
      } catch (error) {
        await end()
        throw error
      }
    },
    close: end,
  }
}
