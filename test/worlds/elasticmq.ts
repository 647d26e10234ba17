import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { startServices } from '../../services/start.ts'

/** A real server of queues, and what a shop does with it. */
export type Queues = Awaited<ReturnType<typeof startQueues>>

export const SQS_SECRETS = { accessKeyId: 'local', secretAccessKey: 'local' }

/** ElasticMQ, of the environment (`SQS_ENDPOINT`) or started for this test file. */
export async function startQueues(env: Readonly<Record<string, string | undefined>> = process.env) {
  const dataDir = await mkdtemp(join(tmpdir(), 'waldstream-sqs-'))
  const services = await startServices({ dataDir, env, needs: ['sqs'] })
  const endpoint = services.env['SQS_ENDPOINT'] ?? ''
  const sdk = new SQSClient({ endpoint, region: 'eu-central-1', credentials: SQS_SECRETS })
  const attribute = async (
    QueueUrl: string,
    name: 'ApproximateNumberOfMessages' | 'ApproximateNumberOfMessagesNotVisible',
  ) => Number((await sdk.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [name] }))).Attributes?.[name])
  return {
    endpoint,
    /** A queue of the test's own. */
    async create(name: string, attributes: Record<string, string> = {}) {
      const fifo = name.endsWith('.fifo') ? { FifoQueue: 'true' } : {}
      const unique = name.replace(/(\.fifo)?$/, `-${randomUUID().slice(0, 8)}$1`)
      const made = await sdk.send(new CreateQueueCommand({ QueueName: unique, Attributes: { ...fifo, ...attributes } }))
      return { name: unique, url: made.QueueUrl ?? '' }
    },
    async send(QueueUrl: string, body: unknown, fifo: { readonly group: string } | null = null) {
      const MessageBody = typeof body === 'string' ? body : JSON.stringify(body)
      const more = fifo === null ? {} : { MessageGroupId: fifo.group, MessageDeduplicationId: randomUUID() }
      await sdk.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more }))
    },
    /** Takes a message and keeps it, as another consumer does. */
    async hold(QueueUrl: string, VisibilityTimeout: number) {
      const { Messages = [] } = await sdk.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout }))
      return Messages.length
    },
    async left(queueUrl: string) {
      const [waiting, held] = await Promise.all([
        attribute(queueUrl, 'ApproximateNumberOfMessages'),
        attribute(queueUrl, 'ApproximateNumberOfMessagesNotVisible'),
      ])
      return { waiting, held }
    },
    async exists(QueueName: string) {
      const { QueueUrls = [] } = await sdk.send(new ListQueuesCommand({ QueueNamePrefix: QueueName }))
      return QueueUrls.length > 0
    },
    async stop() {
      sdk.destroy()
      await services.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
