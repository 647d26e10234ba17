import type { LogProducer, OutgoingRecord } from '../../src/platform/kafka/event-log.ts'

export interface MemoryProducer extends LogProducer {
  /** Everything acknowledged so far, in order. */
  readonly sent: readonly OutgoingRecord[]
  /** What happens instead of the next acknowledgement: the records may be lost, or there all the same. */
  failNext(kind: 'before' | 'after'): void
}

/** The port to the broker in memory, which can lose a request, or the answer to one. */
export function memoryProducer(): MemoryProducer {
  const sent: OutgoingRecord[] = []
  let fault: 'before' | 'after' | null = null
  return {
    sent,
    failNext(kind) {
      fault = kind
    },
    async send(records) {
      const now = fault
      fault = null
      if (now !== 'before') sent.push(...records)
      if (now !== null) throw new Error(`the broker's answer was lost ${now} the append`)
    },
    async close() {},
  }
}
