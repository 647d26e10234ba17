import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { metricsTables } from '../../../scripts/metrics-tables.ts'
import { withTables } from '../../../scripts/settings-tables.ts'
import { metricList, metricNames } from '../../../src/platform/metrics/metric-list.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const page = readFileSync(join(ROOT, 'docs/reference/metrics.md'), 'utf8')

it('the page on metrics has the tables of the list', () => {
  expect(withTables(page, metricsTables())).toBe(page)
})

it('the page names no metric that there is not', () => {
  const named = [...page.matchAll(/waldstream_[a-z_]*[a-z]/g)].map(([name]) => name.replace(/_(bucket|sum|count)$/, ''))
  const isFamily = (name: string) => metricNames.some((known) => known.startsWith(`${name}_`))
  expect(named.filter((name) => !(name in metricList) && !isFamily(name))).toEqual([])
})

it('every metric of the list is measured somewhere', () => {
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  const text = files
    .filter((file) => file.endsWith('.ts') && !file.endsWith('metric-list.ts'))
    .map((file) => readFileSync(join(ROOT, 'src', file), 'utf8'))
    .join('\n')
  expect(metricNames.filter((name) => !text.includes(`'${name}'`))).toEqual([])
})

it('names end with their units, and only counters with total', () => {
  for (const name of metricNames) {
    const { kind } = metricList[name]
    expect(name.endsWith('_total'), name).toBe(kind === 'counter')
    if (kind === 'histogram') expect(name).toMatch(/_seconds$/)
  }
})
