import pino from 'pino'
import type { StreamError } from '../../src/errors.ts'
import type { TopicKind } from '../../src/events/topics.ts'
import type { LogRecord } from '../../src/platform/kafka/event-log.ts'
import type { BatchContext, Decoded } from '../../src/platform/runtime/stage.ts'
import type { StageResult } from '../../src/platform/runtime/stage-result.ts'
import type { StatusReporter } from '../../src/platform/runtime/status-reporter.ts'

export const silentLogger = pino({ level: 'silent' })

/** A reporter that remembers what it was told. */
export function memoryReporter(): StatusReporter & { readonly results: StageResult[] } {
  const results: StageResult[] = []
  return { results, report: async (_stage, _partition, reported) => void results.push(...reported) }
}

/** What a stage is given with a batch; `assertOwned` may be made to throw. */
export function batchContext(partition = 0, assertOwned: () => void = () => undefined) {
  const deadLetters: { readonly offset: bigint; readonly error: StreamError }[] = []
  const context: BatchContext = {
    topic: 'test',
    partition,
    highWatermark: 0n,
    finished: () => undefined,
    signal: new AbortController().signal,
    assertOwned,
    deadLetter: async ({ offset }, error) => void deadLetters.push({ offset, error }),
  }
  return { context, deadLetters }
}

/** A decoded record, as the runtime would hand it over. */
export function decoded<K extends TopicKind>(
  event: Decoded<K>['event'],
  at: { readonly offset: number; readonly timestamp?: number; readonly partition?: number },
): Decoded<K> {
  const { offset, timestamp = 10_000 + offset, partition = 0 } = at
  const record: LogRecord = {
    topic: 'test',
    partition,
    offset: BigInt(offset),
    timestamp,
    key: null,
    value: null,
    headers: [],
  }
  return { record, event }
}
