import { type MetricDefinition, metricList, metricNames } from '../src/platform/metrics/metric-list.ts'
import { table } from './settings-tables.ts'

/** Content between the marks of docs/reference/metrics.md, by the name of the marks. */
export function metricsTables(): ReadonlyMap<string, string> {
  return new Map((['process', 'installation'] as const).map((of) => [of, table(HEAD, rowsOf(of))]))
}

const HEAD = ['metric', 'kind', 'labels', 'what']

function rowsOf(of: MetricDefinition['of']): readonly (readonly string[])[] {
  return metricNames.flatMap((name) => {
    const definition: MetricDefinition = metricList[name]
    const { kind, labels, help } = definition
    return definition.of === of ? [[`\`${name}\``, kind, labels.map((label) => `\`${label}\``).join(', '), help]] : []
  })
}
