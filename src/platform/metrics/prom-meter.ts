import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { BoundedSeries } from './bounded-series.ts'
import { HistogramSeries } from './histogram-series.ts'
import type { Meter, Sample } from './meter.ts'
import { type HistogramName, type MetricDefinition, type MetricName, metricList, metricNames } from './metric-list.ts'

/** Most series of one metric: a thousand connections with some stages and codes each. */
const MOST_SERIES = 5_000
/** Most series of a histogram, which has a line for each bucket. */
const MOST_HISTOGRAMS = 1_000

/** The metrics of one process, in the text format of Prometheus. */
export interface Metrics extends Meter {
  /** Also collects metrics of Node from now on: event loop, heap, garbage collection. */
  countProcess(): void
  readonly contentType: string
  /** All counters and histograms, and the given gauges; other gauges are left out. */
  exposition(gauges: readonly Sample[]): Promise<string>
}

type LabelValues = Readonly<Record<string, string>>

/** One metric of the library. */
interface Series {
  add(labels: LabelValues, value: number): void
  reset(): void
}

export function createMetrics(): Metrics {
  const registry = new Registry()
  // Created on first use: a metric that a process does not have is absent instead of 0.
  const made = new Map<MetricName, Series>()
  const histograms = new Map<HistogramName, HistogramSeries>()
  const add = (name: MetricName, labels: LabelValues, value: number) => {
    const known = made.get(name) ?? seriesOf(name, registry)
    made.set(name, known)
    known.add(labels, value)
  }
  return {
    contentType: registry.contentType,
    count: (name, labels, by = 1) => add(name, labels, by),
    observe(name, labels, seconds) {
      const known = histograms.get(name) ?? histogramOf(name)
      histograms.set(name, known)
      known.observe(labels, seconds)
    },
    countProcess: () => collectDefaultMetrics({ register: registry }),
    async exposition(gauges) {
      for (const name of metricNames) if (metricList[name].kind === 'gauge') made.get(name)?.reset()
      for (const { name, labels, value } of gauges) add(name, labels, value)
      const ours = [...histograms.values()].map((histogram) => histogram.text())
      return [await registry.metrics(), ...ours].join('\n')
    },
  }
}

function histogramOf(name: HistogramName): HistogramSeries {
  const { help, labels, buckets } = metricList[name]
  return new HistogramSeries({ name, help, labels, buckets, bound: new BoundedSeries(labels, MOST_HISTOGRAMS) })
}

function seriesOf(name: MetricName, registry: Registry): Series {
  const { kind, help, labels }: MetricDefinition = metricList[name]
  const options = { name, help, labelNames: [...labels], registers: [registry] }
  if (kind === 'gauge') return gaugeOf(new Gauge(options), labels)
  const bound = new BoundedSeries(labels, MOST_SERIES)
  const counter = new Counter(options)
  return { add: (values, value) => counter.inc(bound.bounded(values), value), reset: () => counter.reset() }
}

/** Adds up samples with the same labels; shows the largest of those beyond the bound. */
function gaugeOf(gauge: Gauge, labels: readonly string[]): Series {
  let bound = new BoundedSeries(labels, MOST_SERIES)
  let largest = Number.NEGATIVE_INFINITY
  return {
    add(values, value) {
      const own = bound.bounded(values)
      if (own === values) return gauge.inc(values, value)
      largest = Math.max(largest, value)
      gauge.set(own, largest)
    },
    reset() {
      gauge.reset()
      bound = new BoundedSeries(labels, MOST_SERIES)
      largest = Number.NEGATIVE_INFINITY
    },
  }
}
