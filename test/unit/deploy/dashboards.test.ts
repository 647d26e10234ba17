// A dashboard that asks for a metric or label that there is not shows nothing, and nobody notices.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { metricNames } from '../../../src/platform/metrics/metric-list.ts'
import { knownSeries } from './known-metrics.ts'
import { namedIn } from './promql.ts'

interface Panel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly description?: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly targets?: readonly { readonly expr: string; readonly legendFormat?: string }[]
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } }
}

interface Dashboard {
  readonly uid: string
  readonly title: string
  readonly panels: readonly Panel[]
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] }
}

const GRAFANA = new URL('../../../deploy/grafana/', import.meta.url)
const UNITS = ['s', 'short', 'cpm', 'percentunit', 'bytes']
const read = (file: string) => readFileSync(new URL(file, GRAFANA), 'utf8')
const dashboards = readdirSync(new URL('dashboards', GRAFANA)).map((file) => ({
  file,
  dashboard: JSON.parse(read(`dashboards/${file}`)) as Dashboard,
}))
/** Grafana's columns. */
const WIDTH = 24
const series = knownSeries()
const shown = ({ panels }: Dashboard) => panels.filter(({ type }) => type !== 'row')

/** The cells of the grid that a panel covers. */
function cellsOf({ gridPos: { x, y, w, h } }: Panel): readonly string[] {
  return Array.from({ length: w * h }, (_, at) => `${x + (at % w)} ${y + Math.floor(at / w)}`)
}

/** Names of a text that no series with them has. */
function unknownIn(expression: string): readonly string[] {
  const { metrics, labels } = namedIn(expression)
  const known = metrics.flatMap((metric) => series.get(metric) ?? [])
  return [...metrics.filter((metric) => !series.has(metric)), ...labels.filter((label) => !known.includes(label))]
}

describe('dashboards', () => {
  it('are the overview, a connection and the runtime', () => {
    expect(dashboards.map(({ file }) => file).toSorted()).toEqual(['connection.json', 'overview.json', 'runtime.json'])
    expect(new Set(dashboards.map(({ dashboard }) => dashboard.uid)).size).toBe(dashboards.length)
  })

  it.each(dashboards)('$file asks for metrics and labels that there are', ({ dashboard }) => {
    for (const { title, targets = [] } of shown(dashboard)) {
      expect(targets.length, title).toBeGreaterThan(0)
      for (const { expr, legendFormat = '' } of targets) {
        expect(unknownIn(expr), `${title}: ${expr}`).toEqual([])
        const known = namedIn(expr).metrics.flatMap((metric) => series.get(metric) ?? [])
        const inLegend = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label)
        expect(
          inLegend.filter((label) => !known.includes(label)),
          `${title}: ${legendFormat}`,
        ).toEqual([])
      }
    }
  })

  it.each(dashboards)('$file has variables of metrics and labels that there are', ({ dashboard }) => {
    for (const { name, definition } of dashboard.templating.list) {
      if (definition === undefined) continue
      const [, metric = '', label = ''] = /^label_values\((\w+), (\w+)\)$/.exec(definition) ?? []
      expect(series.get(metric), name).toContain(label)
    }
    const names = dashboard.templating.list.map(({ name }) => name)
    const used = [...JSON.stringify(shown(dashboard)).matchAll(/\$\{?([a-z][a-z_]*)\}?/g)].map(([, name = '']) => name)
    expect([...new Set(used)].filter((name) => !names.includes(name))).toEqual([])
  })

  it.each(dashboards)(
    '$file says what each panel shows, in which unit, and none lies upon another',
    ({ dashboard }) => {
      expect(dashboard.title).toMatch(/^Waldstream: /)
      for (const { title, description, fieldConfig } of shown(dashboard)) {
        expect(title).toBeTruthy()
        expect(description, title).toBeTruthy()
        expect(UNITS, title).toContain(fieldConfig?.defaults.unit)
      }
      const cells = shown(dashboard).flatMap(cellsOf)
      expect(new Set(cells).size).toBe(cells.length)
      expect(cells.filter((cell) => Number(cell.split(' ')[0]) >= WIDTH)).toEqual([])
      const ids = dashboard.panels.map(({ id }) => id)
      expect(new Set(ids).size).toBe(ids.length)
    },
  )

  it('show every metric but those of a process itself', () => {
    const expressions = dashboards.flatMap(({ dashboard }) => shown(dashboard).flatMap(({ targets = [] }) => targets))
    const named = new Set(expressions.flatMap(({ expr }) => namedIn(expr).metrics))
    const isShown = (name: string) => ['', '_bucket', '_sum', '_count'].some((end) => named.has(name + end))
    expect(metricNames.filter((name) => !isShown(name))).toEqual([
      'waldstream_live',
      'waldstream_records_sent_total',
      'waldstream_read_healthy',
    ])
  })

  it('a metric, a label and a bracket that are wrong are found', () => {
    expect(unknownIn('sum by (connection) (waldstream_orders_lost)')).toContain('waldstream_orders_lost')
    expect(unknownIn('sum by (connexion) (waldstream_orders_late)')).toEqual(['connexion'])
    expect(unknownIn('waldstream_orders_late{shop="a"}')).toEqual(['shop'])
    expect(() => unknownIn('sum(waldstream_orders_late')).toThrow('no expression')
  })

  it('are given to Grafana from the folder that Compose mounts', () => {
    const { providers } = parse(read('provisioning/dashboards/waldstream.yaml'))
    const { services } = parse(readFileSync('docker-compose.demo.yml', 'utf8'), { merge: true })
    const mounts: readonly string[] = services.grafana.volumes
    expect(mounts).toContain(`./deploy/grafana/dashboards:${providers[0].options.path}:ro`)
  })
})
