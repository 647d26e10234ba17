import type { Logger } from 'pino'
import type { Config } from '../../config.ts'
import { folderRulesOf } from '../../configuration/folder-rules.ts'
import { loadConfiguration } from '../../configuration/load-configuration.ts'
import type { Configuration, Connection, Recipient, Subscription, System } from '../../configuration/model.ts'
import { readConfiguration } from '../../configuration/read-configuration.ts'
import { createResolver } from '../../configuration/references.ts'
import { roleRulesOf } from '../../configuration/role-rules.ts'
import { topicOf } from '../../events/topics.ts'
import { createTables, type DynamoTables } from '../../platform/dynamodb/create-tables.ts'
import type { Tables } from '../../platform/dynamodb/tables.ts'
import { createGovernors } from '../../platform/governor/governors.ts'
import type { KafkaSettings } from '../../platform/kafka/kafkajs-event-log.ts'
import { createLogInspector } from '../../platform/kafka/kafkajs-inspector.ts'
import type { LogInspector } from '../../platform/kafka/log-inspector.ts'
import { allTopics } from '../../platform/kafka/topic-definitions.ts'
import { createLogger } from '../../platform/logger.ts'
import { networkRulesOf } from '../../platform/network-rules.ts'
import { createRegistryClient } from '../../platform/registry/registry-client.ts'
import { systemClock } from '../../platform/system-clock.ts'
import { createClients } from '../../systems/clients.ts'
import { systemTypes } from '../../systems/systems.ts'
import { createSubscriptionStore, subscriptionTables } from '../outgoing/subscription-row.ts'
import { checkedPost } from '../post-office.ts'
import type { Principal } from '../principal.ts'
import { sees, seesAll } from '../scope.ts'
import { targetsOf } from '../sinks.ts'
import { tableDefinitions } from '../table-definitions.ts'
import { findUnreadableRows } from '../unreadable-rows.ts'
import { brokerClockCheck } from './broker-clock-check.ts'
import { connectionsCheck } from './connections-check.ts'
import { currenciesCheck } from './currencies-check.ts'
import { dataLossCheck } from './data-loss.ts'
import { type Check, type Finding, fail, ok, runChecks, warn } from './finding.ts'
import { issuerCheck } from './issuer-check.ts'
import { brokersCheck, topicsCheck } from './log-checks.ts'
import { loginCheck } from './login-check.ts'
import { priceLevelChecks } from './price-levels-check.ts'
import { mailCheck, recipientCheck } from './recipients-check.ts'
import { rowsCheck } from './rows-check.ts'
import { schemasCheck } from './schemas-check.ts'
import { subscriptionCheck } from './subscriptions-check.ts'
import { systemCheck } from './systems-check.ts'
import { tablesCheck } from './tables-check.ts'

/** Maximum number of rows per table. Lists of the API log the rows that they leave out. */
const ROWS_LOOKED_AT = 20_000

/** The configuration to check: a folder, or the tables (null). Each check has the time limit. */
export interface Examination {
  readonly folder: string | null
  readonly limitMs: number
}

/** Findings about everything that the environment names and that the tables or the folder configure. */
export async function examine(
  config: Config,
  by: Principal,
  { folder, limitMs }: Examination,
): Promise<readonly Finding[]> {
  // Silent: while a service is down, libraries would log what the findings report.
  const logger = createLogger({ level: 'silent', name: 'waldstream' })
  const dynamo = createTables({ ...config.dynamodb, prefix: config.tablePrefix, logger })
  const registry = createRegistryClient(config.registry)
  const kafka: KafkaSettings = { ...config.kafka, clientId: 'waldstream-doctor', logger }
  const inspector = once(() => createLogInspector(kafka))
  try {
    const { systems, connections, recipients, subscriptions, findings } = await configured(config, dynamo, {
      folder,
      limitMs,
    })
    const { topicPrefix: prefix, partitions, replication } = config
    const topics = allTopics({ prefix, partitions, replication, targets: targetsOf(systems, systemTypes) })
    const status = topics.find(({ name }) => name === `${prefix}${topicOf('sync-status')}`)
    const checks: readonly Check[] = [
      ...(config.kafka.sasl === null ? [] : [loginCheck(config.kafka.sasl)]),
      brokersCheck(inspector, replication),
      topicsCheck(inspector, topics),
      dataLossCheck(inspector, config, topics),
      brokerClockCheck(inspector, kafka, status, config.feedSettleMs),
      schemasCheck(registry, prefix),
      tablesCheck(() => dynamo.inspect(tableDefinitions)),
      rowsCheck(() => findUnreadableRows({ tables: existing(dynamo) }, by, { table: null, most: ROWS_LOOKED_AT })),
      ...issuerChecks(config),
      ...recipientChecks(config, seesAll(by.scope) ? recipients : []),
      ...subscriptionChecks(config, dynamo, seesAll(by.scope) ? subscriptions : []),
      ...systemChecks(config, logger, {
        systems: systems.filter(({ id }) => sees(by.scope, { system: id })),
        connections: connections.filter(({ id }) => sees(by.scope, { connection: id })),
      }),
    ]
    return [...findings, ...(await runChecks(checks, limitMs))]
  } finally {
    dynamo.close()
    registry.close()
    // Not awaited: an inspector that cannot connect ends by its own time limits.
    void inspector().then(
      (opened) => opened.close(),
      () => undefined,
    )
  }
}

/** Treats missing tables as empty; another check reports them. */
function existing(dynamo: DynamoTables): Pick<Tables, 'scan'> {
  return {
    async *scan(table) {
      const [found] = await dynamo.inspect(tableDefinitions.filter(({ name }) => name === table))
      if (found?.state === 'right') yield* dynamo.tables.scan(table)
    },
  }
}

function issuerChecks({ api, environment }: Config): readonly Check[] {
  return api.oidc === null ? [] : [issuerCheck(api.oidc.issuer, networkRulesOf(environment))]
}

function recipientChecks({ mail, environment }: Config, recipients: readonly Recipient[]): readonly Check[] {
  const resolveSecret = createResolver(environment)
  const enabled = recipients.filter((recipient) => recipient.enabled !== false)
  return [
    ...(mail === null ? [] : [mailCheck(mail)]),
    ...enabled.map((recipient) => recipientCheck(recipient, { mail, resolveSecret })),
  ]
}

function subscriptionChecks(
  { environment }: Config,
  dynamo: DynamoTables,
  subscriptions: readonly Subscription[],
): readonly Check[] {
  const resolveSecret = createResolver(environment)
  const enabled = subscriptions.filter((one) => one.enabled !== false)
  const rowOf = async (id: string) => {
    const [table] = await dynamo.inspect(subscriptionTables)
    if (table?.state !== 'right') return undefined
    const [row] = await createSubscriptionStore(dynamo.tables).list([id])
    return row
  }
  return enabled.map((one) => subscriptionCheck(one, { resolveSecret, rowOf, now: systemClock.now }))
}

function systemChecks(
  config: Config,
  logger: Logger,
  documents: Pick<Configuration, 'systems' | 'connections'>,
): readonly Check[] {
  const { environment } = config
  const resolveSecret = createResolver(environment)
  const network = networkRulesOf(environment)
  const governors = createGovernors(systemClock)
  const mayUseRole = roleRulesOf(environment)
  const folderOf = folderRulesOf(environment)
  const post = checkedPost(config)
  const deps = { clock: systemClock, logger, governors, network, mayUseRole, folderOf, post, resolveSecret }
  const clients = createClients(deps)
  return [
    ...documents.systems.map((system) => systemCheck(system, { clients, now: systemClock.now })),
    ...priceLevelChecks(documents, { clients }),
  ]
}

interface Configured {
  readonly systems: readonly System[]
  readonly connections: readonly Connection[]
  readonly recipients: readonly Recipient[]
  readonly subscriptions: readonly Subscription[]
  readonly findings: readonly Finding[]
}

/** The configured documents, and the findings from reading them. */
async function configured(config: Config, dynamo: DynamoTables, { folder, limitMs }: Examination): Promise<Configured> {
  const name = 'configuration'
  let systems: readonly System[] = []
  let connections: readonly Connection[] = []
  let recipients: readonly Recipient[] = []
  let subscriptions: readonly Subscription[] = []
  const run = async (): Promise<readonly Finding[]> => {
    if (folder === null) {
      const [table] = await dynamo.inspect(tableDefinitions.filter((definition) => definition.name === 'connections'))
      if (table?.state !== 'right')
        return [warn(name, `none: the table connections is ${table?.state}`, 'waldstream apply <dir>')]
    }
    const found =
      folder === null
        ? await readConfiguration(dynamo.tables)
        : await loadConfiguration(folder, config.environment, systemTypes)
    systems = found.systems
    connections = found.connections
    recipients = found.recipients ?? []
    subscriptions = found.subscriptions ?? []
    const counts = `${found.systems.length} systems, ${found.connections.length} connections`
    if (found.systems.length === 0) return [warn(name, counts, 'waldstream apply <dir>')]
    return [
      ok(name, `${counts}, from ${folder ?? 'the tables'}`),
      ...connectionsCheck(found, systemTypes),
      ...currenciesCheck(found),
    ]
  }
  const findings = await runChecks([{ name, run }], limitMs)
  const told = findings.map((one) => (one.level === 'fail' ? unread(one, folder) : one))
  return { systems, connections, recipients, subscriptions, findings: told }
}

function unread({ name, what }: Finding, folder: string | null): Finding {
  const instead = folder === null ? 'check a folder instead: waldstream doctor <dir>' : null
  return fail(name, `${what} (so no system is checked)`, instead)
}

function once(open: () => Promise<LogInspector>): () => Promise<LogInspector> {
  let opened: Promise<LogInspector> | undefined
  return () => (opened ??= open())
}
