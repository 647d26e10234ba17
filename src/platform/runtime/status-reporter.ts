import type { ResultPlaces } from '../../events/generated/events.ts'
import { recordKey, topicOf } from '../../events/topics.ts'
import type { Clock } from '../clock.ts'
import type { EventCodec } from '../codec.ts'
import type { LogProducer, OutgoingRecord } from '../kafka/event-log.ts'
import type { Meter } from '../metrics/meter.ts'
import { countResults } from './count-results.ts'
import type { StageResult } from './stage-result.ts'

const MOST_RESULTS = 500
/** Well under a record's limit; fewer results reach it when their messages are long. */
const MOST_BYTES = 800_000
/** Used in record keys in place of a task for pushed entities. */
const PUSH = 'push'

/** Sends results to `sync-status`; resolves when they are acknowledged. */
export interface StatusReporter {
  report(stage: string, partition: number, results: readonly StageResult[]): Promise<void>
}

export interface ReporterDeps {
  readonly producer: LogProducer
  readonly codec: EventCodec
  readonly topicPrefix: string
  readonly clock: Clock
  readonly meter?: Meter
}

/** Reports to `sync-status`, grouped by task, up to 500 results a record, in the given order. */
export function createStatusReporter({ producer, codec, topicPrefix, clock, meter }: ReporterDeps): StatusReporter {
  const topic = `${topicPrefix}${topicOf('sync-status')}`
  return {
    async report(stage, partition, all) {
      const at = clock.now()
      const toRecords = (taskId: string | null, ofTask: readonly StageResult[]): OutgoingRecord[] => {
        const results = ofTask.map(({ result }) => result)
        const value = codec.encode('sync-status', { taskId, stage, partition, at, results, places: placesOf(ofTask) })
        const fits = results.length <= MOST_RESULTS && value.length <= MOST_BYTES
        if (fits || results.length === 1)
          return [{ topic, key: recordKey(taskId ?? PUSH, `${stage} ${partition}`), value }]
        const half = Math.min(MOST_RESULTS, Math.ceil(results.length / 2))
        return [...toRecords(taskId, ofTask.slice(0, half)), ...toRecords(taskId, ofTask.slice(half))]
      }
      const byTask = [...Map.groupBy(all, ({ taskId }) => taskId)]
      await producer.send(byTask.flatMap(([taskId, ofTask]) => toRecords(taskId, ofTask)))
      if (meter !== undefined) countResults(meter, stage, all, at)
    },
  }
}

const nowhere: ResultPlaces = { source: null, mapped: null }

/** In the order of the results; empty when no result has places. */
function placesOf(results: readonly StageResult[]): readonly ResultPlaces[] {
  return results.some(({ places }) => places !== undefined) ? results.map(({ places }) => places ?? nowhere) : []
}
