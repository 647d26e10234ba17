import type { Kafka, KafkaMessage } from 'kafkajs'

/** One partition of a fetch, and the offset to fetch from. */
export interface FetchedFrom {
  readonly partition: number
  readonly fetchOffset: string
  readonly maxBytes: number
}

interface FetchAnswer {
  readonly responses: readonly {
    readonly topicName: string
    readonly partitions: readonly { readonly partition: number; readonly messages: readonly KafkaMessage[] }[]
  }[]
}

/** Supported versions by the number of the request (API key). */
export type ApiVersions = Readonly<Record<number, { readonly minVersion: number; readonly maxVersion: number }>>

interface Broker {
  apiVersions(): Promise<ApiVersions>
  fetch(request: {
    readonly maxWaitTime: number
    readonly minBytes: number
    readonly maxBytes: number
    readonly isolationLevel: number
    readonly topics: readonly { readonly topic: string; readonly partitions: readonly FetchedFrom[] }[]
  }): Promise<FetchAnswer>
}

/** The parts of kafkajs 2.2.4's cluster that are used here. */
export interface Cluster {
  connect(): Promise<void>
  disconnect(): Promise<void>
  /** Loads the topics' metadata. */
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>
  refreshMetadata(): Promise<void>
  /** Partitions by the id of the broker that leads them; those that don't exist are left out. */
  findLeaderForPartitions(topic: string, partitions: readonly number[]): Readonly<Record<string, readonly number[]>>
  findBroker(broker: { readonly nodeId: string }): Promise<Broker>
}

type CreateCluster = (options: { readonly allowAutoTopicCreation: boolean; readonly metadataMaxAge: number }) => Cluster

/**
 * kafkajs' own connection to the brokers, which its consumer and admin use: the only way to fetch by offset without a
 * consumer group. Why: docs/decisions/20261124-staged-payloads-in-topics.md.
 */
export function clusterOf(kafka: Kafka): Cluster {
  return createClusterOf(kafka).create({ allowAutoTopicCreation: false, metadataMaxAge: METADATA_MAX_AGE_MS })
}

/** kafkajs' private method that creates connections, and its symbol. Throws when this release of kafkajs lacks it. */
export function createClusterOf(kafka: Kafka): { readonly name: symbol; readonly create: CreateCluster } {
  const name = Object.getOwnPropertySymbols(kafka).find(({ description }) => description === CREATE_CLUSTER)
  const create = name === undefined ? undefined : (kafka as unknown as Record<symbol, unknown>)[name]
  if (name === undefined || typeof create !== 'function') {
    throw new Error('kafkajs has changed its client: check how kafkajs-cluster.ts gets a connection')
  }
  return { name, create: create as CreateCluster }
}

const CREATE_CLUSTER = 'private:Kafka:createCluster'
const METADATA_MAX_AGE_MS = 60_000
