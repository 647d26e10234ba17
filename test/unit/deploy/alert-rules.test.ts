import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { knownSeries } from './known-metrics.ts'
import { namedIn } from './promql.ts'

const FOLDER = fileURLToPath(new URL('../../../deploy/prometheus/', import.meta.url))
const PROMTOOL = process.env['PROMTOOL'] ?? 'promtool'
const hasPromtool = spawnSync(PROMTOOL, ['--version']).status === 0
if (!hasPromtool) {
  console.warn('no promtool: "apt-get install prometheus" brings one, PROMTOOL names another; rules are not run')
}

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

const { groups } = parse(readFileSync(join(FOLDER, 'rules.yaml'), 'utf8')) as {
  readonly groups: readonly { readonly rules: readonly Rule[] }[]
}
const rules = groups.flatMap((group) => group.rules)

const series = knownSeries()

describe('alerts', () => {
  it.each(rules)('$alert names metrics and labels that there are', ({ expr, annotations }) => {
    const { metrics, labels } = namedIn(expr)
    expect(metrics).not.toEqual([])
    expect(metrics.filter((metric) => !series.has(metric))).toEqual([])
    const known = metrics.flatMap((metric) => series.get(metric) ?? [])
    const inWords = Object.values(annotations).flatMap((text) =>
      [...text.matchAll(/\$labels\.([a-z_]+)/g)].map(([, name = '']) => name),
    )
    expect([...labels, ...inWords].filter((name) => !known.includes(name))).toEqual([])
  })

  it('each say how grave it is, what is wrong, and what to do', () => {
    for (const { alert, labels, annotations } of rules) {
      expect(labels['severity'], alert).toMatch(/^(page|ticket)$/)
      expect(annotations['summary'], alert).toBeTruthy()
      expect(annotations['description'], alert).toBeTruthy()
    }
  })

  it('each have a test', () => {
    const { tests } = parse(readFileSync(join(FOLDER, 'rules.test.yaml'), 'utf8')) as {
      readonly tests: readonly { readonly alert_rule_test: readonly { readonly alertname: string }[] }[]
    }
    const tested = new Set(tests.flatMap((one) => one.alert_rule_test.map(({ alertname }) => alertname)))
    expect(rules.map(({ alert }) => alert).filter((alert) => !tested.has(alert))).toEqual([])
  })

  it.skipIf(!hasPromtool)('pass their own tests', () => {
    const run = (...args: readonly string[]) => spawnSync(PROMTOOL, args, { cwd: FOLDER, encoding: 'utf8' })
    const checked = run('check', 'rules', 'rules.yaml')
    expect(checked.status, checked.stdout + checked.stderr).toBe(0)
    const tested = run('test', 'rules', 'rules.test.yaml')
    expect(tested.status, tested.stdout + tested.stderr).toBe(0)
  })
})
