import type { TopicDefinition } from '../../platform/kafka/event-log.ts'
import type { InspectedBrokers, InspectedTopic, LogInspector } from '../../platform/kafka/log-inspector.ts'
import { type Check, type Finding, fail, ok, warn } from './finding.ts'

const BROKERS = 'brokers'
const TOPICS = 'topics'

export function brokersCheck(inspector: () => Promise<LogInspector>, replication: number): Check {
  return {
    name: BROKERS,
    run: async () => judgeBrokers(await (await inspector()).brokers(), replication),
  }
}

export function judgeBrokers({ brokers, release }: InspectedBrokers, replication: number): readonly Finding[] {
  const count = brokers.length
  const found = `${count} (${brokers.join(', ')}), Kafka ${release}`
  const first = release.startsWith('before')
    ? warn(BROKERS, `${found}: releases before 2.3 are untested`, 'use a newer one')
    : ok(BROKERS, found)
  if (replication > count) {
    const ways = `set TOPIC_REPLICATION=${count}, or add brokers`
    return [first, fail(BROKERS, `TOPIC_REPLICATION is ${replication} and there are ${count} brokers`, ways)]
  }
  if (replication > 1) return [first]
  const one = 'TOPIC_REPLICATION is 1: losing a broker loses its records'
  return count === 1 ? [first] : [first, warn(BROKERS, one, 'set 3 in production')]
}

export function topicsCheck(inspector: () => Promise<LogInspector>, definitions: readonly TopicDefinition[]): Check {
  return {
    name: TOPICS,
    async run() {
      const found = new Map((await (await inspector()).topics(definitions)).map((topic) => [topic.name, topic]))
      return judgeTopics(definitions, found)
    },
  }
}

/** One finding for all correct topics, one for all missing topics, and one for each wrong setting. */
export function judgeTopics(
  definitions: readonly TopicDefinition[],
  found: ReadonlyMap<string, InspectedTopic>,
): readonly Finding[] {
  const missing = definitions.filter(({ name }) => !found.has(name)).map(({ name }) => name)
  const wrong = definitions.flatMap((definition) => {
    const topic = found.get(definition.name)
    return topic === undefined ? [] : judgeTopic(definition, topic)
  })
  const otherwise = definitions.flatMap(({ name, partitions }) => {
    const has = found.get(name)?.partitions ?? partitions
    return has === partitions ? [] : [{ name, has, partitions }]
  })
  const bad = new Set([...wrong.map(({ name }) => name), ...otherwise.map(({ name }) => `topic ${name}`)])
  const right = definitions.filter(({ name }) => found.has(name) && !bad.has(`topic ${name}`)).length
  return [
    ...(right > 0 ? [ok(TOPICS, `${right} of ${definitions.length} are as they should be`)] : []),
    ...(missing.length > 0 ? [warn(TOPICS, `missing, created when a role starts: ${missing.join(', ')}`)] : []),
    ...[...Map.groupBy(otherwise, ({ has }) => has)].map(([has, topics]) => judgePartitions(has, topics)),
    ...wrong,
  ]
}

/** One finding for all topics with the same count: usually the setting is wrong, and with it every topic. */
function judgePartitions(
  has: number,
  topics: readonly { readonly name: string; readonly partitions: number }[],
): Finding {
  const wanted = topics[0]?.partitions
  const ways = `set TOPIC_PARTITIONS=${has}, or begin a new generation of topics with another TOPIC_PREFIX`
  return fail(TOPICS, `${topics.map(({ name }) => name).join(', ')}: ${has} partitions, not ${wanted}`, ways)
}

/** The consequence of another value of a setting. */
const because: Readonly<Record<string, string>> = {
  'message.timestamp.type': 'positions of feeds are append times (Guarantee 8)',
  'cleanup.policy': 'compaction keeps the record appended last, not the newest version',
  'retention.ms': 'tables can be rebuilt only from a complete topic (Guarantee 9)',
  'max.message.bytes': 'the program relies on this limit',
  'unclean.leader.election.enable': 'a leader that lacks acknowledged records may be elected (Guarantee 1)',
  'min.insync.replicas': 'a write could be acknowledged by only one replica (Guarantee 1)',
}

/** Findings about a topic, except its number of partitions. */
export function judgeTopic(definition: TopicDefinition, topic: InspectedTopic): readonly Finding[] {
  const name = `topic ${definition.name}`
  const findings: Finding[] = []
  for (const [entry, wanted] of Object.entries(definition.config)) {
    const has = topic.config[entry]
    if (has === wanted) continue
    const way = `kafka-configs.sh --alter --entity-type topics --entity-name ${definition.name} --add-config ${entry}=${wanted}`
    findings.push(fail(name, `${entry} is ${has ?? 'not set'}, not ${wanted}: ${because[entry] ?? ''}`, way))
  }
  if (topic.replication < definition.replication) {
    const what = `has ${topic.replication} replicas, not ${definition.replication}`
    findings.push(warn(name, what, 'add them with kafka-reassign-partitions.sh'))
  }
  if (topic.impaired > 0) {
    findings.push(warn(name, `${topic.impaired} partitions lack a leader or replicas in sync`, 'check the brokers'))
  }
  return findings
}
