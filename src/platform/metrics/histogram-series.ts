import type { BoundedSeries } from './bounded-series.ts'

type LabelValues = Readonly<Record<string, string>>

interface Series {
  readonly labels: LabelValues
  /** Count of each bucket, and of values beyond the last bound. */
  readonly counts: number[]
  sum: number
}

export interface HistogramOptions {
  readonly name: string
  readonly help: string
  readonly labels: readonly string[]
  readonly buckets: readonly number[]
  readonly bound: BoundedSeries
}

/** A histogram that takes the values of a batch at once: each value costs only a search through the bounds. */
export class HistogramSeries {
  readonly #options: HistogramOptions
  readonly #series = new Map<string, Series>()

  constructor(options: HistogramOptions) {
    this.#options = options
  }

  observe(given: LabelValues, values: readonly number[]): void {
    const { labels: names, buckets, bound } = this.#options
    const labels = bound.bounded(given)
    const key = names.map((name) => labels[name] ?? '').join('\u0000')
    const known = this.#series.get(key)
    const series = known ?? { labels, counts: Array.from({ length: buckets.length + 1 }, () => 0), sum: 0 }
    if (known === undefined) this.#series.set(key, series)
    for (const given of values) {
      // A start by another machine's clock may lie in the future: never negative.
      const value = Math.max(0, given)
      let place = 0
      while (place < buckets.length && value > (buckets[place] ?? 0)) place += 1
      series.counts[place] = (series.counts[place] ?? 0) + 1
      series.sum += value
    }
  }

  /** In the text format of Prometheus. */
  text(): string {
    const { name, help, labels: names, buckets } = this.#options
    const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} histogram`]
    for (const { labels, counts, sum } of this.#series.values()) {
      const own = names.map((label) => `${label}="${escaped(labels[label] ?? '')}"`)
      let upTo = 0
      for (const [place, count] of counts.entries()) {
        upTo += count
        lines.push(`${name}_bucket{${[`le="${buckets[place] ?? '+Inf'}"`, ...own].join(',')}} ${upTo}`)
      }
      lines.push(`${name}_sum{${own.join(',')}} ${sum}`, `${name}_count{${own.join(',')}} ${upTo}`)
    }
    return `${lines.join('\n')}\n`
  }
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')
}
