import { describe, expect, it } from 'vitest'
import { judgeBrokers, judgeTopics } from '../../../../src/operations/doctor/log-checks.ts'
import type { InspectedTopic } from '../../../../src/platform/kafka/log-inspector.ts'
import { allTopics } from '../../../../src/platform/kafka/topic-definitions.ts'

const levels = (findings: ReturnType<typeof judgeBrokers>) => findings.map(({ level }) => level)

describe('brokers', () => {
  const three = { brokers: ['a:1', 'b:1', 'c:1'], release: '4.0 or newer' }

  it('are right when there are as many as are to hold a record', () => {
    expect(judgeBrokers(three, 3)).toEqual([
      { level: 'ok', name: 'brokers', what: '3 (a:1, b:1, c:1), Kafka 4.0 or newer', fix: null },
    ])
  })

  it('are too few for the replication that is asked for', () => {
    const [, second] = judgeBrokers({ ...three, brokers: ['a:1'] }, 3)
    expect(second).toMatchObject({ level: 'fail', fix: expect.stringContaining('set TOPIC_REPLICATION=1') })
  })

  it('may be too old, and one copy among many is told', () => {
    expect(levels(judgeBrokers({ ...three, release: 'before 2.3' }, 3))).toEqual(['warn'])
    expect(levels(judgeBrokers(three, 1))).toEqual(['ok', 'warn'])
  })
})

describe('topics', () => {
  const definitions = allTopics({
    prefix: 'p.',
    partitions: 6,
    replication: 3,
    targets: [{ system: 'erp', kinds: ['vendor-orders'] }],
  })
  const found = (change: Readonly<Record<string, Partial<InspectedTopic>>> = {}) => {
    const topics = definitions.map(({ name, partitions, replication, config }): InspectedTopic => {
      return { name, partitions, replication, impaired: 0, config, ...change[name] }
    })
    return new Map(topics.map((topic) => [topic.name, topic]))
  }

  it('are right as the program makes them', () => {
    const what = `${definitions.length} of ${definitions.length} are as they should be`
    expect(judgeTopics(definitions, found())).toEqual([{ level: 'ok', name: 'topics', what, fix: null }])
  })

  it('that are missing are made at the next start', () => {
    const some = found()
    some.delete('p.orders')
    expect(judgeTopics(definitions, some)).toContainEqual({
      level: 'warn',
      name: 'topics',
      what: 'missing, created when a role starts: p.orders',
      fix: null,
    })
  })

  it.each([
    ['message.timestamp.type', 'CreateTime'],
    ['cleanup.policy', 'compact'],
    ['unclean.leader.election.enable', 'true'],
    ['retention.ms', '604800000'],
    ['max.message.bytes', '1000'],
    ['min.insync.replicas', '1'],
  ])('with another %s fail, with the way out', (entry, value) => {
    const config = { ...definitions.find(({ name }) => name === 'p.orders')?.config, [entry]: value }
    const findings = judgeTopics(definitions, found({ 'p.orders': { config } }))
    expect(findings.filter(({ level }) => level === 'fail')).toEqual([
      {
        level: 'fail',
        name: 'topic p.orders',
        what: expect.stringMatching(new RegExp(`^${entry} is ${value}, not `)),
        fix: expect.stringMatching(new RegExp(`--entity-name p.orders --add-config ${entry}=`)),
      },
    ])
    expect(findings[0]?.what).toBe(`${definitions.length - 1} of ${definitions.length} are as they should be`)
  })

  it('with another partition count fail; with fewer replicas, or some out of sync, they are told', () => {
    const findings = judgeTopics(
      definitions,
      found({
        'p.orders': { partitions: 3 },
        'p.inventory': { partitions: 3 },
        'p.images': { replication: 1 },
        'p.products': { impaired: 2 },
      }),
    )
    expect(findings.slice(1)).toEqual([
      {
        level: 'fail',
        name: 'topics',
        what: 'p.orders, p.inventory: 3 partitions, not 6',
        fix: expect.stringMatching(/^set TOPIC_PARTITIONS=3/),
      },
      {
        level: 'warn',
        name: 'topic p.products',
        what: expect.stringContaining('2 partitions lack'),
        fix: 'check the brokers',
      },
      {
        level: 'warn',
        name: 'topic p.images',
        what: 'has 1 replicas, not 3',
        fix: expect.stringContaining('add them'),
      },
    ])
  })
})
