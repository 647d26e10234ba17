/** Uses a producer, a consumer and an admin for a moment; a test looks at what it writes to stderr. */
import { createKafkaEventLog } from '../../../src/platform/kafka/kafkajs-event-log.ts'
import { createLogger } from '../../../src/platform/logger.ts'

const [brokers = '', topic = ''] = process.argv.slice(2)
const logger = createLogger({ level: 'info', name: 'quiet' })
const log = createKafkaEventLog({ brokers: brokers.split(','), clientId: 'quiet', ssl: false, sasl: null, logger })
const [producer, admin] = await Promise.all([log.producer(), log.admin()])
await admin.createTopics([{ name: topic, partitions: 2, replication: 1, config: {} }])
await producer.send(['a', 'b', 'c'].map((key) => ({ topic, key, value: Buffer.from(key) })))
const received = Promise.withResolvers<void>()
let left = 3
const consumption = await log.consume({
  group: `${topic}-group`,
  topics: [topic],
  from: 'earliest',
  onFailure: received.reject,
  onBatch: async (batch) => {
    left -= batch.records.length
    await batch.commit((batch.records.at(-1)?.offset ?? 0n) + 1n)
    if (left === 0) received.resolve()
  },
})
await received.promise
await consumption.close()
await Promise.all([producer.close(), admin.close()])
console.log('done')
