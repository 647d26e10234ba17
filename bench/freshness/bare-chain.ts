import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { Kafka, logLevel } from 'kafkajs'
import { readConfig } from '../../src/config.ts'
import type { InventoryChanged } from '../../src/events/generated/events.ts'
import { forEachKey } from '../../src/platform/bounded.ts'
import { calmRequestQueue } from '../../src/platform/kafka/calm-request-queue.ts'
import { bareTables } from '../bare-tables.ts'
import { bareCodec } from '../jobs/bare-side.ts'
import { bareItem } from './bare-item.ts'

const WRITERS = 16

/** Consumes the topic, and puts each change into the table: no versions, no watermarks, no mapping. */
async function main(): Promise<void> {
  const ended = new Promise<void>((resolve) => process.once('disconnect', () => resolve()))
  calmRequestQueue()
  const config = readConfig(process.env)
  const { documents, close } = bareTables(config)
  const { decode } = bareCodec('inventory')
  const client = new Kafka({ brokers: [...config.kafka.brokers], clientId: 'bench-chain', logLevel: logLevel.NOTHING })
  const consumer = client.consumer({ groupId: `${config.topicPrefix}bare-chain` })
  const joined = new Promise<void>((resolve) => consumer.on(consumer.events.GROUP_JOIN, () => resolve()))
  await consumer.connect()
  await consumer.subscribe({ topics: [`${config.topicPrefix}inventory`], fromBeginning: true })
  await consumer.run({
    partitionsConsumedConcurrently: 4,
    async eachBatch({ batch }) {
      const items = batch.messages.map(({ value }) => bareItem(config, decode(value) as InventoryChanged))
      await forEachKey(
        items,
        ({ Item }) => Item.pk,
        WRITERS,
        async (item) => void (await documents.send(new PutCommand(item))),
      )
    },
  })
  await joined
  process.send?.('joined')
  await ended
  await consumer.disconnect()
  close()
}

await main()
