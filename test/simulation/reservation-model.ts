/** So many pieces of an order's SKU are on order at its vendor. */
export interface OnOrderAt {
  /** Milliseconds: acknowledged then. Null: they may have been, unseen. Infinity: it is still to come. */
  readonly at: number | null
  readonly pieces: number
}

/** Pieces that are on order since a time, and stay. */
interface Since {
  readonly at: number
  readonly pieces: number
}

/** What an order reserves of a SKU: what its vendor has on order now, and what it is to have. */
export interface Reserved {
  readonly now: readonly Since[]
  readonly inTheEnd: readonly Since[]
}

/**
 * What an order reserves of a SKU, from all that the vendor has acknowledged of it or may have had, in the sequence of the
 * order's versions; the last may be still to come.
 */
export function reservedOf(steps: readonly OnOrderAt[]): Reserved {
  const last = steps.findLastIndex(({ at }) => at !== null && at !== Number.POSITIVE_INFINITY)
  return { now: staying(steps.slice(0, last + 1)), inTheEnd: staying(steps) }
}

/**
 * A piece is on order since the first acknowledgement after which it was never missing: of each acknowledgement that is the
 * least that any later one has, less what was on order before.
 */
function staying(steps: readonly OnOrderAt[]): readonly Since[] {
  const since: Since[] = []
  let before = 0
  for (const [index, { at }] of steps.entries()) {
    if (at === null) continue
    const stays = Math.min(...steps.slice(index).map(({ pieces }) => pieces))
    if (stays > before) since.push({ at, pieces: stays - before })
    before = Math.max(before, stays)
  }
  return since
}

/** Pieces that stock lacks which was read at this time: those that the vendor has, or will have if these are more. */
export function missingIn({ now, inTheEnd }: Reserved, readAt: number): number {
  const later = (since: readonly Since[]) => {
    return since.filter(({ at }) => at >= readAt).reduce((sum, { pieces }) => sum + pieces, 0)
  }
  return Math.max(later(now), later(inTheEnd))
}
