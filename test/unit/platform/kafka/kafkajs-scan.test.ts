import type { EachBatchPayload, Kafka } from 'kafkajs'
import { expect, it, onTestFinished, vi } from 'vitest'
import { scanRange } from '../../../../src/platform/kafka/kafkajs-scan.ts'
import { gate } from '../../../worlds/sink-world.ts'

/** A consumer that hands over one record a batch; as in kafkajs, `disconnect` waits for the batch under way. */
function kafkaOf(records: number): Kafka {
  let running: Promise<void> = Promise.resolve()
  const batchOf = (offset: number) => ({
    batch: {
      topic: 't',
      partition: 0,
      messages: [{ offset: `${offset}`, timestamp: '0', key: null, value: null }],
      lastOffset: () => `${offset}`,
    },
    heartbeat: async () => undefined,
  })
  const consumer = {
    events: { GROUP_JOIN: 'join', CRASH: 'crash' },
    on: () => undefined,
    connect: async () => undefined,
    subscribe: async () => undefined,
    async run({ eachBatch }: { readonly eachBatch: (payload: EachBatchPayload) => Promise<void> }) {
      running = (async () => {
        for (let offset = 0; offset < records; offset += 1) await eachBatch(batchOf(offset) as never)
      })()
    },
    disconnect: async () => await running,
  }
  return { consumer: () => consumer } as unknown as Kafka
}

// A batch that ended after the scan began to wait for the next one: a stopped process lived up to ten seconds longer.
it('a scan that is stopped during a batch leaves no timer, and takes no further batch', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const { pass, entered, open } = gate()
  const stopping = new AbortController()
  const taken: bigint[] = []
  const onRecords = async (batch: readonly { readonly offset: bigint }[]) => {
    taken.push(...batch.map(({ offset }) => offset))
    await pass()
  }
  const range = new Map([[0, { from: 0n, to: 3n }]])
  const scanned = scanRange(kafkaOf(2), 't', range, onRecords, stopping.signal)
  scanned.catch(() => undefined)
  await entered
  stopping.abort()
  // The scan is at its end, and waits for the batch.
  await new Promise((resolve) => setImmediate(resolve))
  open()
  await expect(scanned).rejects.toMatchObject({ code: 'stopping' })
  expect([taken, vi.getTimerCount()]).toEqual([[0n], 0])
})

it('a scan that reaches its end leaves no timer', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const taken: bigint[] = []
  const range = new Map([[0, { from: 0n, to: 2n }]])
  await scanRange(kafkaOf(2), 't', range, async (batch) => void taken.push(...batch.map(({ offset }) => offset)))
  expect([taken, vi.getTimerCount()]).toEqual([[0n, 1n], 0])
})
