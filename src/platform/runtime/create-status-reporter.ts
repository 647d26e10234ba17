import { recordKey, topicOf } from '../../events/topics.ts'
import type { Clock } from '../clock.ts'
import type { EventCodec } from '../codec.ts'
import type { LogProducer, OutgoingRecord } from '../kafka/event-log.ts'
import type { StageResult, StatusReporter } from './status-reporter.ts'

const MOST_RESULTS = 500
/** Stands for the task of pushed entities in record keys. */
const PUSH = 'push'

export interface ReporterDeps {
  readonly producer: LogProducer
  readonly codec: EventCodec
  readonly topicPrefix: string
  readonly clock: Clock
}

/** Reports to `sync-status`, grouped by task, up to 500 results a record, in the order they were given. */
export function createStatusReporter({ producer, codec, topicPrefix, clock }: ReporterDeps): StatusReporter {
  return {
    async report(stage, partition, results) {
      const at = clock.now()
      const records: OutgoingRecord[] = []
      for (const [taskId, ofTask] of Map.groupBy(results, (result) => result.taskId)) {
        for (let from = 0; from < ofTask.length; from += MOST_RESULTS) {
          const part = ofTask.slice(from, from + MOST_RESULTS).map(({ result }) => result)
          records.push({
            topic: `${topicPrefix}${topicOf('sync-status')}`,
            key: recordKey(taskId ?? PUSH, `${stage} ${partition}`),
            value: codec.encode('sync-status', { taskId, stage, partition, at, results: part }),
          })
        }
      }
      await producer.send(records)
    },
  }
}
