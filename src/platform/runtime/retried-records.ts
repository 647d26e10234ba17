import { readRetryMark } from '../../events/headers.ts'
import type { Clock } from '../clock.ts'
import type { LogRecord } from '../kafka/event-log.ts'
import { type DeadLetterSender, deadLetterId, sendDeadLetter, toResolution } from './dead-letters.ts'

/** Handles the retries of dead letters among a stage's records: resolves those that do not fail again. */
export class RetriedRecords {
  readonly #stage: string
  readonly #deps: DeadLetterSender & { readonly clock: Clock }
  readonly #failed = new Set<string>()

  constructor(stage: string, deps: DeadLetterSender & { readonly clock: Clock }) {
    this.#stage = stage
    this.#deps = deps
  }

  /** Call when the record was dead-lettered (again). */
  failed(record: LogRecord, connection: string | null): void {
    this.#failed.add(deadLetterId(this.#stage, record, connection))
  }

  /**
   * Resolves the retries among handled records, before their offsets are committed: after a crash in between they are
   * handled and resolved again, which changes nothing (Guarantees 1 and 3).
   */
  async settle(records: readonly LogRecord[]): Promise<void> {
    for (const { headers } of records) {
      const mark = readRetryMark(headers)
      if (mark === null || mark.stage !== this.#stage || this.#failed.has(mark.letterId)) continue
      await sendDeadLetter(this.#deps, toResolution(mark, this.#deps.clock.now()))
    }
  }
}
