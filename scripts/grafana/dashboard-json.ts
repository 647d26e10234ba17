import type { Dashboard, Panel, Query, Variable } from './panels.ts'

const LINE = 24
const SOURCE = { type: 'prometheus', uid: '${datasource}' }

/** A dashboard as Grafana imports it. */
export function dashboardJson(dashboard: Dashboard): string {
  const { uid, title, description, variables } = dashboard
  const json = {
    uid,
    title,
    description,
    tags: ['waldstream'],
    schemaVersion: 39,
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    timezone: 'browser',
    templating: { list: [datasourceVariable, ...variables.map(variableJson)] },
    panels: placed(dashboard),
  }
  return `${JSON.stringify(json, null, 2)}\n`
}

const datasourceVariable = { name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus' }

function variableJson({ name, label, metric, of }: Variable): object {
  const definition = `label_values(${metric}, ${of})`
  return {
    name,
    label,
    type: 'query',
    datasource: SOURCE,
    definition,
    query: { query: definition, refId: name },
    refresh: 2,
    includeAll: true,
    multi: true,
    allValue: '.*',
    current: { text: 'All', value: '$__all' },
    sort: 1,
  }
}

/** Every section is a heading with its panels in rows below. */
function placed({ sections }: Dashboard): readonly object[] {
  const all: object[] = []
  let y = 0
  for (const { title, panels } of sections) {
    all.push({
      id: all.length + 1,
      type: 'row',
      title,
      collapsed: false,
      gridPos: { x: 0, y, w: LINE, h: 1 },
      panels: [],
    })
    y += 1
    let x = 0
    let height = 0
    for (const panel of panels) {
      if (x + panel.width > LINE) {
        y += height
        x = 0
        height = 0
      }
      all.push({ id: all.length + 1, gridPos: { x, y, w: panel.width, h: panel.height }, ...panelJson(panel) })
      x += panel.width
      height = Math.max(height, panel.height)
    }
    y += height
  }
  return all
}

function panelJson(panel: Panel): object {
  const { type, title, description, unit, queries } = panel
  return {
    type,
    title,
    description,
    datasource: SOURCE,
    targets: queries.map((query, at) => targetJson(query, at, type === 'table')),
    fieldConfig: { defaults: { unit, min: 0, color: colorOf(panel), thresholds: thresholdsOf(panel) }, overrides: [] },
    options: optionsOf(type),
    ...(type === 'table' ? { transformations: [{ id: 'organize', options: { excludeByName: { Time: true } } }] } : {}),
  }
}

function targetJson({ expr, legend }: Query, at: number, instant: boolean): object {
  const shown = instant ? { instant: true, format: 'table' } : { range: true, legendFormat: legend }
  return { refId: String.fromCharCode('A'.charCodeAt(0) + at), datasource: SOURCE, expr, ...shown }
}

function colorOf({ type }: Panel): object {
  return { mode: type === 'timeseries' ? 'palette-classic' : 'thresholds' }
}

function thresholdsOf({ redFrom, redBelow }: Panel): object {
  const steps =
    redBelow === undefined
      ? [{ color: 'green', value: null }, ...(redFrom === undefined ? [] : [{ color: 'red', value: redFrom }])]
      : [
          { color: 'red', value: null },
          { color: 'green', value: redBelow },
        ]
  return { mode: 'absolute', steps }
}

function optionsOf(type: Panel['type']): object {
  if (type === 'stat') {
    return { reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false }, colorMode: 'background' }
  }
  if (type === 'table') return { showHeader: true }
  return { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } }
}
