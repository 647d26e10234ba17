import { collectDefaultMetrics, Registry } from 'prom-client'
import { type MetricDefinition, metricList } from '../../../src/platform/metrics/metric-list.ts'

/** Labels that Prometheus gives each series itself, and the one of workers. */
const OF_EVERY: readonly string[] = ['instance', 'job', 'worker']
const OF_HISTOGRAM = ['_bucket', '_sum', '_count'] as const
const LIBRARY_LABELS: readonly string[] = ['kind', 'type', 'le', 'major', 'minor', 'patch', 'version', 'space']

/** Labels of each series that `/metrics` answers, and of `up`, by the name of the series. */
export function knownSeries(): ReadonlyMap<string, readonly string[]> {
  const ours = Object.entries<MetricDefinition>(metricList).flatMap(([name, { kind, labels }]) =>
    seriesOf(name, kind, labels),
  )
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const library = registry.getMetricsAsArray().flatMap(({ name, type }) => seriesOf(name, String(type), LIBRARY_LABELS))
  registry.clear()
  return new Map([...ours, ...library, ['up', OF_EVERY]])
}

function seriesOf(
  name: string,
  kind: string,
  labels: readonly string[],
): readonly (readonly [string, readonly string[]])[] {
  const all = [...labels, ...OF_EVERY]
  if (kind !== 'histogram') return [[name, all]]
  return OF_HISTOGRAM.map((end) => [`${name}${end}`, end === '_bucket' ? [...all, 'le'] : all] as const)
}
