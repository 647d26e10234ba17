/** All our brokers share one cluster id: their data distinguishes them. */
export const CLUSTER_ID = Buffer.from('waldstream-local').toString('base64url')

/** Where a broker stores its files and listens, and how clients reach it. */
export interface KafkaPlace {
  readonly logDir: string
  /** `host:port` that it binds; not that of the controller. */
  readonly listen: string
  readonly controller: string
  /** `host:port` that it advertises to clients. */
  readonly advertised: string
  /**
   * Number of this broker among several, from 1, and the controllers of all of them in that order. Absent: the only
   * one.
   */
  readonly member?: { readonly id: number; readonly controllers: readonly string[] }
}

/**
 * A node, broker and controller in one, for development and tests. The voters are named here and not in its data, so
 * that existing data can start on other ports. Topics are created only explicitly, never by a mistyped name.
 */
export function kafkaProperties({ logDir, listen, controller, advertised, member }: KafkaPlace): string {
  const { id, controllers } = member ?? { id: 1, controllers: [controller] }
  const replicas = String(controllers.length)
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': String(id),
    'controller.quorum.voters': controllers.map((one, index) => `${index + 1}@${one}`).join(','),
    listeners: `BROKER://${listen},CONTROLLER://${controller}`,
    'advertised.listeners': `BROKER://${advertised}`,
    'listener.security.protocol.map': 'BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'BROKER',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': logDir,
    'auto.create.topics.enable': 'false',
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': '6',
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '6',
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    'message.max.bytes': '16777216',
    'replica.fetch.max.bytes': '16777216',
  }
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}
