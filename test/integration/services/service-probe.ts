import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { Kafka, logLevel } from 'kafkajs'

type Environment = Readonly<Record<string, string>>

function dynamodb(env: Environment): DynamoDBClient {
  return new DynamoDBClient({
    endpoint: env['DYNAMODB_ENDPOINT'] ?? '',
    region: env['AWS_REGION'] ?? '',
    credentials: {
      accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
  })
}

async function withAdmin<T>(env: Environment, use: (admin: ReturnType<Kafka['admin']>) => Promise<T>): Promise<T> {
  const admin = new Kafka({ brokers: [env['KAFKA_BROKERS'] ?? ''], logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  try {
    return await use(admin)
  } finally {
    await admin.disconnect()
  }
}

/** Makes a topic that takes records of 4 MB, and puts one of that size in. */
export async function writeLargeRecord(env: Environment, topic: string): Promise<void> {
  await withAdmin(env, (admin) =>
    admin.createTopics({
      topics: [{ topic, numPartitions: 1, configEntries: [{ name: 'max.message.bytes', value: '5000000' }] }],
    }),
  )
  const producer = new Kafka({ brokers: [env['KAFKA_BROKERS'] ?? ''], logLevel: logLevel.NOTHING }).producer()
  await producer.connect()
  await producer.send({ topic, messages: [{ key: 'large', value: Buffer.alloc(4_000_000, 1) }] })
  await producer.disconnect()
}

/** How many records the topic's partition holds. */
export function recordCount(env: Environment, topic: string): Promise<number> {
  return withAdmin(env, async (admin) => Number((await admin.fetchTopicOffsets(topic))[0]?.high))
}

export async function createTable(env: Environment, name: string): Promise<void> {
  await dynamodb(env).send(
    new CreateTableCommand({
      TableName: name,
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  )
}

export async function tableNames(env: Environment): Promise<readonly string[]> {
  return (await dynamodb(env).send(new ListTablesCommand({}))).TableNames ?? []
}

export async function registerSchema(env: Environment, subject: string): Promise<void> {
  const schema = JSON.stringify({ type: 'record', name: 'Kept', fields: [{ name: 'id', type: 'string' }] })
  const response = await fetch(`${env['SCHEMA_REGISTRY_URL']}/subjects/${subject}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema }),
  })
  if (!response.ok) throw new Error(`registering ${subject}: ${response.status} ${await response.text()}`)
}

export async function subjects(env: Environment): Promise<unknown> {
  return (await fetch(`${env['SCHEMA_REGISTRY_URL']}/subjects`)).json()
}
