import { inject } from 'vitest'
import { NETSUITE_CREDENTIALS } from '../../../simulators/netsuite/credentials.ts'
import type { OrderChanged } from '../../../src/events/generated/events.ts'
import { startQueues } from '../../worlds/elasticmq.ts'
import { startFaultProxy } from '../../worlds/fault-proxy.ts'
import { readTopic } from '../../worlds/processes-groups.ts'
import { installFiles } from '../../worlds/processes-roles.ts'

export const ORDERS = 'pushed.orders.all'

export interface QueueWorldOptions {
  /** Where the vendor's ERP is; nothing listens there by default. */
  readonly erp?: string
  readonly deleteDrainedQueues?: boolean
  /** How long a message that was taken is hidden: shorter than a worker may be held up, it comes twice. */
  readonly visibilitySeconds?: number
}

/** A shop that pushes its orders to a queue, behind a proxy with faults, and a vendor, on real Kafka and DynamoDB. */
export async function startQueueWorld(
  name: string,
  { erp = 'http://127.0.0.1:9', deleteDrainedQueues = false, visibilitySeconds = 5 }: QueueWorldOptions = {},
) {
  const queues = await startQueues(inject('services'))
  const proxy = await startFaultProxy(queues.endpoint)
  const orders = await queues.create('orders')
  const configuration = `
kind: system
id: pushed
type: sqs
address: ${proxy.url}
zone: America/Chicago
secrets: { accessKeyId: env:PUSHED_KEY, secretAccessKey: env:PUSHED_SECRET }
settings: { region: eu-central-1, ordersQueue: ${orders.name}, currency: USD, visibilitySeconds: "${visibilitySeconds}", quietSeconds: "1" }
reads: [{ entity: orders, pageSize: 20 }]
---
kind: system
id: erp
type: netsuite
address: ${erp}
secrets: { consumerKey: env:ERP_KEY, consumerSecret: env:ERP_SECRET, tokenId: env:ERP_TOKEN, tokenSecret: env:ERP_TOKEN_SECRET }
settings: { account: ${NETSUITE_CREDENTIALS.account}, currency: USD }
---
kind: connection
id: pushed-erp
shop: pushed
vendor: erp
reads: [${ORDERS}]
ownership: { skuPattern: "^WLD-" }
orderMap: { shipMethods: { flatrate: "1" } }
deleteDrainedQueues: ${deleteDrainedQueues}
`
  const { consumerKey, consumerSecret, token, tokenSecret } = NETSUITE_CREDENTIALS
  const secrets = {
    PUSHED_KEY: 'local',
    PUSHED_SECRET: 'local',
    ERP_KEY: consumerKey,
    ERP_SECRET: consumerSecret,
    ERP_TOKEN: token,
    ERP_TOKEN_SECRET: tokenSecret,
    API_PORT: '0',
    RUN_LEASE_MS: '4000',
  }
  const installed = await installFiles(name, inject('services'), secrets, { 'all.yaml': configuration })
  const { platform } = installed
  return {
    queues,
    proxy,
    orders,
    ...installed,
    /** A queue as the program is told of it. */
    urlOf: (queue: { readonly name: string }) => `${proxy.url}/000000000000/${queue.name}`,
    /** What is in the topic of orders. */
    async published(): Promise<readonly OrderChanged[]> {
      const records = await readTopic(platform, 'orders')
      return await Promise.all(records.map(({ value }) => platform.codec.decode('orders', value)))
    },
    async close() {
      await installed.close()
      await proxy.close()
      await queues.stop()
    },
  }
}
