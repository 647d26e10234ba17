import { describe, expect, it } from 'vitest'
import { allTopics } from '../../../../src/platform/kafka/topic-definitions.ts'

const settings = {
  prefix: 'p.',
  partitions: 6,
  replication: 1,
  targets: [
    { system: 'magento', kinds: ['shop-fulfilments', 'shop-images'] },
    { system: 'netsuite', kinds: ['vendor-orders'] },
    { system: 'queue', kinds: [] },
  ],
} as const

describe('the topics', () => {
  it('are the shared ones, and those that a system can use', () => {
    const names = allTopics(settings).map(({ name }) => name)
    expect(names).toHaveLength(13 + 3)
    expect(new Set(names).size).toBe(names.length)
    expect(names).toEqual(expect.arrayContaining(['p.orders', 'p.vendor-orders.netsuite', 'p.shop-images.magento']))
    expect(names).not.toContain('p.vendor-orders')
  })

  it('keep everything, with the time the broker appended it', () => {
    for (const { config, partitions } of allTopics(settings)) {
      expect(partitions).toBe(6)
      expect(config).toMatchObject({
        'message.timestamp.type': 'LogAppendTime',
        'cleanup.policy': 'delete',
        'retention.ms': '-1',
        'unclean.leader.election.enable': 'false',
      })
      expect(config).not.toHaveProperty('min.insync.replicas')
    }
  })

  it('take dead letters of four times the size', () => {
    const size = (name: string) =>
      Number(allTopics(settings).find((topic) => topic.name === name)?.config['max.message.bytes'])
    expect(size('p.dead-letters')).toBe(4 * size('p.orders'))
  })

  it('need two replicas in sync where there are three', () => {
    for (const { config } of allTopics({ ...settings, replication: 3 })) {
      expect(config).toMatchObject({ 'min.insync.replicas': '2' })
    }
  })
})
