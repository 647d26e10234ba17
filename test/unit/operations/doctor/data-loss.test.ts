import { describe, expect, it } from 'vitest'
import { readConfig } from '../../../../src/config.ts'
import {
  dataLossCheck,
  dataLossError,
  dataLossRisks,
  mustNotLose,
} from '../../../../src/operations/doctor/data-loss.ts'
import type { InspectedTopic, LogInspector } from '../../../../src/platform/kafka/log-inspector.ts'
import { allTopics } from '../../../../src/platform/kafka/topic-definitions.ts'

const REMOTE = 'kafka-1.example.com:9092,kafka-2.example.com:9092'

function config(brokers: string, more: Readonly<Record<string, string>> = {}) {
  const registry = { SCHEMA_REGISTRY_URL: 'https://registry.example.com', AWS_REGION: 'eu-central-1' }
  return readConfig({ KAFKA_BROKERS: brokers, ...registry, ...more })
}

const definitions = allTopics({ prefix: 'p.', partitions: 6, replication: 3, targets: [] })
const topics = (change: Readonly<Record<string, Partial<InspectedTopic>>> = {}): readonly InspectedTopic[] =>
  definitions.map(({ name, partitions, replication, config: own }) => {
    return { name, partitions, replication, impaired: 0, config: own, ...change[name] }
  })

describe('which installation must not lose records', () => {
  it.each([
    ['127.0.0.1:9092', false],
    ['localhost:9092,[::1]:9093,127.0.0.2:9094', false],
    ['kafka:9092', true],
    ['127.0.0.1:9092,10.0.0.7:9092', true],
    ['localhost.example.com:9092', true],
    [REMOTE, true],
  ])('brokers %s: %s', (brokers, must) => {
    expect(mustNotLose(config(brokers))).toBe(must)
    expect(mustNotLose(config(brokers, { ALLOWED_DATA_LOSS: 'true' }))).toBe(false)
  })
})

describe('what could lose records', () => {
  it('is nothing where topics are as the program creates them, or do not exist yet', () => {
    expect(dataLossRisks(3, definitions, topics())).toEqual([])
    expect(dataLossRisks(3, definitions, [])).toEqual([])
  })

  it('is too few replicas in the settings', () => {
    for (const replication of [1, 2]) {
      expect(dataLossRisks(replication, definitions, topics())).toEqual([
        {
          what: `TOPIC_REPLICATION is ${replication}: losing one broker loses acknowledged records`,
          fix: 'set TOPIC_REPLICATION=3, with at least as many brokers',
        },
      ])
    }
  })

  it('is a topic with too few replicas, too few in sync, or unclean elections; others of the brokers are not ours', () => {
    const [orders] = topics()
    const config = { ...orders?.config, 'min.insync.replicas': '1', 'unclean.leader.election.enable': 'true' }
    const other = { name: 'other', partitions: 1, replication: 1, impaired: 0, config }
    const risks = dataLossRisks(3, definitions, [...topics({ 'p.orders': { replication: 1, config } }), other])
    expect(risks.map(({ what }) => what)).toEqual([
      'topic p.orders has fewer than 3 replicas',
      'topic p.orders has min.insync.replicas=1',
      'topic p.orders has unclean.leader.election.enable=true',
    ])
    expect(risks[2]?.fix).toBe(
      'kafka-configs.sh --alter --entity-type topics --entity-name p.orders --add-config unclean.leader.election.enable=false',
    )
  })

  it('names a few of many topics', () => {
    const all = topics().map((topic) => ({ ...topic, replication: 2 }))
    const [risk] = dataLossRisks(3, definitions, all)
    expect(risk?.what).toMatch(/^topics \S+, \S+, \S+ and \d+ more have fewer than 3 replicas$/)
  })

  it('is refused with every fix and the way to allow it', () => {
    const { code, message } = dataLossError(dataLossRisks(1, definitions, []))
    expect(code).toBe('configuration_invalid')
    expect(message).toContain('set TOPIC_REPLICATION=3')
    expect(message).toContain('ALLOWED_DATA_LOSS=true')
    // It said twice that acknowledged records are lost.
    expect(message.match(/acknowledged records/g)).toHaveLength(1)
  })
})

describe('the check of doctor', () => {
  const inspector = async (): Promise<LogInspector> => {
    const unused = () => Promise.reject(new Error('is not asked'))
    return { topics: async () => topics(), brokers: unused, groups: unused, ends: unused, close: async () => undefined }
  }
  const levels = async (brokers: string, more: Readonly<Record<string, string>> = {}) => {
    const { run } = dataLossCheck(inspector, config(brokers, more), definitions)
    return (await run(new AbortController().signal)).map(({ level }) => level)
  }

  it('fails where a start would be refused, warns where it is allowed, and leaves this machine alone', async () => {
    expect(await levels(REMOTE)).toEqual(['ok'])
    expect(await levels(REMOTE, { TOPIC_REPLICATION: '1' })).toEqual(['fail'])
    expect(await levels(REMOTE, { TOPIC_REPLICATION: '1', ALLOWED_DATA_LOSS: 'true' })).toEqual(['warn'])
    expect(await levels('127.0.0.1:9092', { TOPIC_REPLICATION: '1' })).toEqual([])
  })
})
