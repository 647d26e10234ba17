import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { BoundedSeries } from './bounded-series.ts'
import type { Meter, Sample } from './meter.ts'
import { type MetricDefinition, type MetricName, metricList, metricNames } from './metric-list.ts'

/** Series of one metric: a thousand connections with some stages and codes each. */
const MOST_SERIES = 5_000
/** A histogram has a line for each bucket. */
const MOST_HISTOGRAMS = 1_000

/** The metrics of one process, in the text format of Prometheus. */
export interface Metrics extends Meter {
  /** Counts what Node knows of itself too, from now on: event loop, heap, garbage collection. */
  countProcess(): void
  readonly contentType: string
  /** Everything that was counted, and these gauges; a gauge that is not among them is left out. */
  exposition(gauges: readonly Sample[]): Promise<string>
}

type LabelValues = Readonly<Record<string, string>>

/** One metric as the library has it. */
interface Series {
  add(labels: LabelValues, value: number): void
  reset(): void
}

export function createMetrics(): Metrics {
  const registry = new Registry()
  // Made when they are first needed: what a process has nothing of is not there, in place of being 0.
  const made = new Map<MetricName, Series>()
  const add = (name: MetricName, labels: LabelValues, value: number) => {
    const known = made.get(name) ?? seriesOf(name, registry)
    made.set(name, known)
    known.add(labels, value)
  }
  return {
    contentType: registry.contentType,
    count: (name, labels, by = 1) => add(name, labels, by),
    observe: (name, labels, seconds) => add(name, labels, Math.max(0, seconds)),
    countProcess: () => collectDefaultMetrics({ register: registry }),
    async exposition(gauges) {
      for (const name of metricNames) if (metricList[name].kind === 'gauge') made.get(name)?.reset()
      for (const { name, labels, value } of gauges) add(name, labels, value)
      return await registry.metrics()
    },
  }
}

function seriesOf(name: MetricName, registry: Registry): Series {
  const definition: MetricDefinition = metricList[name]
  const { kind, help, labels } = definition
  const options = { name, help, labelNames: [...labels], registers: [registry] }
  const most = kind === 'histogram' ? MOST_HISTOGRAMS : MOST_SERIES
  if (kind === 'gauge') return gaugeOf(new Gauge(options), labels, most)
  const bound = new BoundedSeries(labels, most)
  if (kind === 'histogram') {
    const histogram = new Histogram({ ...options, buckets: [...(definition.buckets ?? [])] })
    return { add: (values, value) => histogram.observe(bound.bounded(values), value), reset: () => histogram.reset() }
  }
  const counter = new Counter(options)
  return { add: (values, value) => counter.inc(bound.bounded(values), value), reset: () => counter.reset() }
}

/** Samples of the same labels are added up; of those beyond the bound the largest is shown. */
function gaugeOf(gauge: Gauge, labels: readonly string[], most: number): Series {
  let bound = new BoundedSeries(labels, most)
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
      bound = new BoundedSeries(labels, most)
      largest = Number.NEGATIVE_INFINITY
    },
  }
}
