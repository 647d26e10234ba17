import { ok, warn } from '../../src/operations/doctor/finding.ts'
import type { Installation } from '../../src/operations/installation/installation.ts'
import { tableDefinitions } from '../../src/operations/table-definitions.ts'

const MINUTE = 60_000

/** What an installation of one broker runs on, with a consumer that is behind, one that nobody runs, and a topic that was changed by hand. */
export function shownInstallation(clock: { now(): number }): Installation {
  const at = (ago: number) => new Date(clock.now() - ago).toISOString()
  const group = (name: string, topic: string, lag = 0, ago = 0, members = 2) => ({
    group: name,
    state: members === 0 ? 'Empty' : 'Stable',
    members: Array.from({ length: members }, (_, index) => ({ id: `waldstream-${name}-${index}`, partitions: 3 })),
    lag,
    oldest_at: lag === 0 ? null : at(ago),
    topics: [{ topic, partitions: 6, lag, oldest_at: lag === 0 ? null : at(ago) }],
  })
  const topic = (name: string, records: number) => ({
    topic: name,
    partitions: 6,
    replication: 3,
    retention_ms: '-1',
    records,
    problems: [],
  })
  const changed = {
    message: 'retention.ms is 86400000, not -1: tables can be rebuilt only from a complete topic (Guarantee 9)',
    fix: 'kafka-configs.sh --alter --entity-type topics --entity-name sync-status --add-config retention.ms=-1',
  }
  return {
    consumers: async () => ({
      complete: true,
      groups: [
        group('deliver-nordwand', 'vendor-orders.nordwand', 4, 40_000),
        group('deliver-trailworks', 'vendor-orders.trailworks', 1_204, 17 * MINUTE),
        group('inventory-feed', 'universal-inventory'),
        group('map-inventory', 'inventory'),
        group('map-products', 'products'),
        group('push-images', 'universal-images', 12, 61 * MINUTE, 0),
        group('route-orders', 'orders'),
      ],
    }),
    topics: async () => [
      topic('inventory', 482_113),
      topic('orders', 28_904),
      topic('products', 61_220),
      { ...topic('sync-status', 1_204_772), retention_ms: '86400000', problems: [changed] },
      topic('vendor-orders.nordwand', 20_118),
      {
        ...topic('vendor-orders.trailworks', 0),
        partitions: 0,
        replication: 0,
        retention_ms: null,
        problems: [{ message: 'does not exist', fix: 'a role creates it when it starts' }],
      },
    ],
    tables: async () =>
      tableDefinitions.map(({ name, expires = null }, index) => ({
        name,
        status: 'ACTIVE',
        items: 12 + ((index * 7_919) % 90_000),
        bytes: (12 + ((index * 7_919) % 90_000)) * 812,
        billing: 'on demand',
        point_in_time_recovery: index % 5 !== 0,
        expires,
        problem: null,
      })),
    schemas: async () => [
      { subject: 'orders-value', id: 3, problems: [] },
      { subject: 'products-value', id: 7, problems: [] },
    ],
    brokers: async () => ({ brokers: ['kafka-1:9092', 'kafka-2:9092', 'kafka-3:9092'], release: '4.0 or newer' }),
    examine: async () => [
      ok('configuration', '4 systems, 3 connections, from the tables'),
      ok('brokers', '3 (kafka-1:9092, kafka-2:9092, kafka-3:9092), Kafka 4.0 or newer'),
      warn('clock nordwand', '4.2 s ahead of the clock here', 'synchronize both clocks with NTP'),
    ],
  }
}
