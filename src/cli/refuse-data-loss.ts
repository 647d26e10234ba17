import { readConfiguration } from '../configuration/read-configuration.ts'
import { toStreamError } from '../errors.ts'
import { dataLossError, dataLossRisks, mustNotLose } from '../operations/doctor/data-loss.ts'
import { targetsOf } from '../operations/sinks.ts'
import type { TopicDefinition } from '../platform/kafka/event-log.ts'
import type { InspectedTopic } from '../platform/kafka/log-inspector.ts'
import { allTopics } from '../platform/kafka/topic-definitions.ts'
import type { Platform } from './platform.ts'

type Deps = Pick<Platform, 'config' | 'logger' | 'systemTypes' | 'tables'> & {
  readonly grounds: Pick<Platform['grounds'], 'openInspector'>
}

/**
 * Throws `configuration_invalid` if brokers on other machines could lose acknowledged records. Ignores missing topics,
 * since they are created with safe settings.
 */
export async function refuseDataLoss(deps: Deps): Promise<void> {
  const { config, systemTypes, tables } = deps
  if (!mustNotLose(config)) return
  const { systems } = await readConfiguration(tables)
  const { topicPrefix: prefix, partitions, replication } = config
  const definitions = allTopics({ prefix, partitions, replication, targets: targetsOf(systems, systemTypes) })
  const risks = dataLossRisks(replication, definitions, await topicsOf(deps, definitions))
  if (risks.length > 0) throw dataLossError(risks)
}

/** Only warns if the Kafka user may not read topic settings, so that the process can still run. */
async function topicsOf(
  { grounds, logger }: Deps,
  wanted: readonly TopicDefinition[],
): Promise<readonly InspectedTopic[]> {
  try {
    const inspector = await grounds.openInspector()
    return await inspector.topics(wanted).finally(() => inspector.close())
  } catch (error) {
    const { code, message } = toStreamError(error)
    logger.warn({ code, reason: message }, 'could not check the settings of topics; allow DescribeConfigs')
    return []
  }
}
