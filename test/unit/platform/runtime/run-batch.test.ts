import { describe, expect, it } from 'vitest'
import type { LogRecord } from '../../../../src/platform/kafka/event-log.ts'
import { FinishedOffsets } from '../../../../src/platform/runtime/run-batch.ts'

const records = [5n, 6n, 9n, 10n].map((offset) => ({ offset }) as LogRecord)

describe('FinishedOffsets', () => {
  it('comes as far as records are finished without a gap, in whatever order they were', () => {
    const finished = new FinishedOffsets(records)
    expect(finished.contiguous()).toBeNull()
    finished.finish(9n)
    finished.finish(6n)
    expect(finished.contiguous()).toBeNull()
    finished.finish(5n)
    // 7 and 8 were never records: a gap of offsets is no gap of records.
    expect(finished.contiguous()).toBe(10n)
    finished.finish(10n)
    expect(finished.contiguous()).toBe(11n)
  })
})
