/** A member of a group by its instance id; prints what it is given and handles, and leaves on SIGTERM. */
import pino from 'pino'
import { createKafkaEventLog } from '../../../src/platform/kafka/kafkajs-event-log.ts'

const [brokers = '', topic = '', instanceId = ''] = process.argv.slice(2)
const logger = pino({ level: 'silent' })
const settings = { brokers: brokers.split(','), clientId: 'member', ssl: false, sasl: null, logger }
const log = createKafkaEventLog({ ...settings, instanceId })
const consumption = await log.consume({
  group: `${topic}-group`,
  topics: [topic],
  from: 'earliest',
  onAssigned: (partitions) => console.log(`joined ${JSON.stringify(partitions.get(topic) ?? [])}`),
  onFailure: (error) => {
    console.log(`failed ${error instanceof Error && 'code' in error ? error.code : error}`)
    process.exit(1)
  },
  onBatch: async (batch) => {
    for (const { partition, value } of batch.records) console.log(`handled ${value} of ${partition}`)
    await batch.commit((batch.records.at(-1)?.offset ?? 0n) + 1n)
  },
})
process.once('SIGTERM', () => void consumption.close())
