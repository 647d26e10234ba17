import type { Config } from '../../config.ts'
import { StreamError } from '../../errors.ts'
import type { TopicDefinition } from '../../platform/kafka/event-log.ts'
import type { InspectedTopic, LogInspector } from '../../platform/kafka/log-inspector.ts'
import { isLoopback } from '../../platform/loopback.ts'
import { type Check, type Finding, fail, ok, warn } from './finding.ts'

/** With fewer replicas, writes with `min.insync.replicas` 2 fail while one broker is down. */
const FEWEST_REPLICAS = 3
const MOST_NAMED = 3
const NAME = 'data loss'

/** A reason why acknowledged records could be lost, and the fix. */
export interface DataLossRisk {
  readonly what: string
  readonly fix: string
}

type Settings = Pick<Config, 'kafka' | 'dataLossAllowed'>

/**
 * Whether acknowledged records must survive the loss of a broker: always, unless all brokers are on this machine, or
 * ALLOWED_DATA_LOSS says otherwise.
 */
export function mustNotLose({ kafka, dataLossAllowed }: Settings): boolean {
  return !dataLossAllowed && !isLocal(kafka.brokers)
}

function isLocal(brokers: readonly string[]): boolean {
  return brokers.every((broker) => isLoopback(broker.replace(/:\d+$/, '').replaceAll(/[[\]]/g, '')))
}

/** Risks in the setting and in existing topics. */
export function dataLossRisks(
  replication: number,
  definitions: readonly TopicDefinition[],
  topics: readonly InspectedTopic[],
): readonly DataLossRisk[] {
  const risks: DataLossRisk[] = []
  if (replication < FEWEST_REPLICAS) {
    const what = `TOPIC_REPLICATION is ${replication}: losing one broker loses acknowledged records`
    risks.push({ what, fix: `set TOPIC_REPLICATION=${FEWEST_REPLICAS}, with at least as many brokers` })
  }
  const known = new Set(definitions.map(({ name }) => name))
  const own = topics.filter(({ name }) => known.has(name))
  const few = own.filter((topic) => topic.replication < FEWEST_REPLICAS)
  if (few.length > 0) {
    const what = `${listed(few)} fewer than ${FEWEST_REPLICAS} replicas`
    risks.push({ what, fix: 'add replicas with kafka-reassign-partitions.sh' })
  }
  const entries: readonly (readonly [entry: string, wanted: string, isRisk: (value: string | undefined) => boolean])[] =
    [
      ['min.insync.replicas', '2', (value) => replication >= FEWEST_REPLICAS && !(Number(value) >= 2)],
      ['unclean.leader.election.enable', 'false', (value) => value === 'true'],
    ]
  for (const [entry, wanted, isRisk] of entries) {
    const wrong = own.filter(({ config }) => isRisk(config[entry]))
    const [first] = wrong
    if (first === undefined) continue
    const command = `kafka-configs.sh --alter --entity-type topics --entity-name ${first.name} --add-config ${entry}=${wanted}`
    const fix = wrong.length === 1 ? command : `${command}, for each of them`
    risks.push({ what: `${listed(wrong)} ${entry}=${first.config[entry] ?? 'unset'}`, fix })
  }
  return risks
}

/** `topics a, b and 7 more have`. */
function listed(topics: readonly InspectedTopic[]): string {
  const names = topics.slice(0, MOST_NAMED).map(({ name }) => name)
  const more = topics.length > MOST_NAMED ? ` and ${topics.length - MOST_NAMED} more` : ''
  return `${topics.length === 1 ? 'topic' : 'topics'} ${names.join(', ')}${more} ${topics.length === 1 ? 'has' : 'have'}`
}

const ALLOW = 'or allow the loss with ALLOWED_DATA_LOSS=true (for tests and demonstrations)'

/** The error that refuses a start: every risk with its fix, and how to start anyway. */
export function dataLossError(risks: readonly DataLossRisk[]): StreamError {
  const lines = risks.map(({ what, fix }) => `- ${what}: ${fix}`)
  const head = 'the brokers are on other machines, and topics must survive the loss of one of them'
  return new StreamError('configuration_invalid', [`${head}:`, ...lines, ALLOW].join('\n'), {
    field: 'TOPIC_REPLICATION',
  })
}

/** Finds the risks that would refuse a start; none if all brokers are on this machine. */
export function dataLossCheck(
  inspector: () => Promise<LogInspector>,
  config: Settings & Pick<Config, 'replication'>,
  definitions: readonly TopicDefinition[],
): Check {
  return {
    name: NAME,
    async run() {
      if (isLocal(config.kafka.brokers)) return []
      const topics = await (await inspector()).topics(definitions)
      const risks = dataLossRisks(config.replication, definitions, topics)
      if (risks.length === 0) return [ok(NAME, 'acknowledged records survive the loss of a broker')]
      return risks.map((risk) => findingOf(risk, mustNotLose(config)))
    },
  }
}

function findingOf({ what, fix }: DataLossRisk, isRefused: boolean): Finding {
  return isRefused ? fail(NAME, what, `${fix}, ${ALLOW}`) : warn(NAME, `${what} (ALLOWED_DATA_LOSS is true)`, fix)
}
