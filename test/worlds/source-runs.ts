import type { Read } from '../../src/configuration/model.ts'
import { dispatch } from '../../src/control/dispatch.ts'
import { drainKey } from '../../src/control/drains.ts'
import { pauseTables } from '../../src/control/pauses.ts'
import { endLease, readControl, takeLease } from '../../src/control/read-control.ts'
import { taskIdOf } from '../../src/control/request-sync.ts'
import { getRun } from '../../src/control/runs.ts'
import { controlTables } from '../../src/control/tables.ts'
import type { Entity, TopicEvents } from '../../src/events/topics.ts'
import type { Clock } from '../../src/platform/clock.ts'
import { runSource, type SourceResult } from '../../src/producers/run-source.ts'
import type { AnySourceReader } from '../../src/systems/kit/source.ts'
import { memoryCodec } from '../memory/codec.ts'
import { memoryProducer } from '../memory/producer.ts'
import { memoryTables } from '../memory/tables.ts'
import { WHOLE } from './sources.ts'
import { silentLogger } from './stage-context.ts'

/** The runs of one read as a worker does them, one after the other, over tables and a log in memory. */
export function sourceRuns<E extends Entity>(
  entity: E,
  read: Read,
  clock: Clock,
  readerOf: (queueUrl: string | null) => AnySourceReader,
) {
  const tables = memoryTables([...controlTables, ...pauseTables])
  const producer = memoryProducer()
  const codec = memoryCodec()
  const reporter = { report: async () => undefined }
  const deps = { tables, producer, codec, reporter, clock, logger: silentLogger, topicPrefix: '' }
  let requests = 0
  return {
    /** One run; rejects when it fails. Its row is as it is left. */
    async run(queueUrl: string | null = null): Promise<SourceResult> {
      requests += 1
      const nothing = { requestedBy: null, reason: null, from: null, queueUrl }
      const request = { requestId: `r${requests}`, read: read.id, trigger: 'api', requestedAt: requests, ...nothing }
      await dispatch(tables, request)
      const id = taskIdOf(request)
      const control = await readControl(tables, queueUrl === null ? read.id : drainKey(read.id, id))
      const lease = await takeLease(tables, control, { id: 'w', now: 0, leaseMs: 1 })
      const run = await getRun(tables, id)
      if (lease === undefined || run === undefined) throw new Error('no run')
      try {
        const job = { run, read, window: WHOLE, fence: lease.fence, signal: new AbortController().signal }
        return await runSource(deps, { ...job, reader: readerOf(queueUrl) })
      } finally {
        await endLease(tables, lease)
      }
    },
    /** What was appended to the topic, in order. */
    async events(): Promise<readonly TopicEvents[E][]> {
      const own = producer.sent.filter(({ topic }) => topic === entity)
      return await Promise.all(own.map(({ value }) => codec.decode(entity, value)))
    },
    async deadLetters() {
      const own = producer.sent.filter(({ topic }) => topic === 'dead-letters')
      return await Promise.all(own.map(({ value }) => codec.decode('dead-letters', value)))
    },
  }
}
