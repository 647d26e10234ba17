import type { FeedCommit, FeedRow, KeyOf } from './feed-store.ts'

interface KeptRow {
  readonly row: FeedRow
  readonly round: number
}

/** The rows of a feed by key, in memory. */
export class RowCopy {
  readonly #keyOf: KeyOf
  readonly #kept = new Map<string, KeptRow>()

  constructor(keyOf: KeyOf) {
    this.#keyOf = keyOf
  }

  get size(): number {
    return this.#kept.size
  }

  apply({ rows, state, removeBefore }: FeedCommit): void {
    for (const row of rows) this.#kept.set(this.#keyOf(row), { row, round: state.round })
    if (removeBefore === null) return
    for (const [key, { round }] of this.#kept) {
      if (round < removeBefore) this.#kept.delete(key)
    }
  }

  get(key: string): FeedRow | undefined {
    return this.#kept.get(key)?.row
  }

  rows(): readonly FeedRow[] {
    return [...this.#kept.values()].map(({ row }) => row)
  }

  rounds(): ReadonlyMap<number, readonly FeedRow[]> {
    const byRound = Map.groupBy(this.#kept.values(), ({ round }) => round)
    return new Map([...byRound].map(([round, kept]) => [round, kept.map(({ row }) => row)]))
  }
}
