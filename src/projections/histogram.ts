/**
 * Upper bounds, in seconds; longer durations count in an extra last place. They never change, so that histograms of any
 * time can be added.
 */
const histogramBounds = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600, 86_400] as const

/** A count for each bound, and one for anything longer. */
export type Histogram = readonly number[]

export const emptyHistogram: Histogram = Array.from({ length: histogramBounds.length + 1 }, () => 0)

/** Start and end may be by two clocks: never less than zero. */
export function withDuration(histogram: Histogram, ms: number): Histogram {
  const place = histogramBounds.findIndex((bound) => ms <= bound * 1000)
  const counted = place < 0 ? histogramBounds.length : place
  return emptyHistogram.map((_, index) => (histogram[index] ?? 0) + (index === counted ? 1 : 0))
}

export function addHistograms(all: readonly Histogram[]): Histogram {
  return emptyHistogram.map((_, index) => all.reduce((sum, one) => sum + (one[index] ?? 0), 0))
}

export function countOf(histogram: Histogram): number {
  return histogram.reduce((sum, count) => sum + count, 0)
}

/**
 * Seconds that a share of all took at most: exact to the bounds around it, interpolated between them. Null: no
 * durations. Anything longer than the last bound counts as that bound.
 */
export function quantileOf(histogram: Histogram, share: number): number | null {
  const rank = countOf(histogram) * share
  if (rank === 0) return null
  let before = 0
  for (const [index, bound] of histogramBounds.entries()) {
    const count = histogram[index] ?? 0
    const from = histogramBounds[index - 1] ?? 0
    if (count > 0 && before + count >= rank) return from + ((bound - from) * (rank - before)) / count
    before += count
  }
  return histogramBounds.at(-1) ?? null
}
