import { MemoryBroker } from '../../memory/broker.ts'
import type { LogHost } from '../../memory/consumer.ts'
import { testEventLog } from '../../memory/event-log-contract.ts'
import { memoryEventLog } from '../../memory/log.ts'

const host: LogHost = {
  now: () => performance.now(),
  after: (ms, call) => void setTimeout(call, ms).unref(),
  request: async (_name, effect) => {
    await new Promise((resolve) => setImmediate(resolve))
    return await effect()
  },
}
const time = { now: () => Date.now(), after: host.after }

testEventLog(() => {
  const broker = new MemoryBroker({ time, sessionMs: 30_000, rebalanceMs: 10_000 })
  return memoryEventLog(broker, host, { freshMs: 20_000, heartbeatMs: 10, againMs: 10, batchSize: () => 100 })
})
