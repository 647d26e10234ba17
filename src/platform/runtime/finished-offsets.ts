import type { LogRecord } from '../kafka/event-log.ts'

/** Which records of a batch are finished, in whatever order they were, and how far they are without a gap. */
export class FinishedOffsets {
  readonly #offsets: readonly bigint[]
  readonly #finished = new Set<bigint>()
  #next = 0

  /** `records` in order of their offsets, which may have gaps (control records). */
  constructor(records: readonly LogRecord[]) {
    this.#offsets = records.map(({ offset }) => offset)
  }

  finish(offset: bigint): void {
    this.#finished.add(offset)
  }

  /** The offset before which everything is finished; null when not even the first record is. */
  contiguous(): bigint | null {
    while (this.#next < this.#offsets.length && this.#finished.has(this.#offsets[this.#next] ?? -1n)) this.#next += 1
    const last = this.#offsets[this.#next - 1]
    return last === undefined ? null : last + 1n
  }
}
