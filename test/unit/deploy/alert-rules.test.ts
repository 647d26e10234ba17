import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { metricList } from '../../../src/platform/metrics/metric-list.ts'

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

/** Labels that Prometheus gives each series itself. */
const OF_PROMETHEUS = ['instance', 'job']

describe('alerts', () => {
  it.each(rules)('$alert names metrics and labels that there are', ({ expr, annotations }) => {
    const names = [...expr.matchAll(/waldstream_[a-z_]*[a-z]/g)].map(([name]) => name)
    expect(names).not.toEqual([])
    const known: Readonly<Record<string, { readonly labels: readonly string[] }>> = metricList
    expect(names.filter((name) => known[name] === undefined)).toEqual([])
    const labels = [...new Set(names.flatMap((name) => known[name]?.labels ?? [])), ...OF_PROMETHEUS]
    const inExpression = [...expr.matchAll(/(?:by|on) \(([^)]*)\)|\{([a-z_]+)[!=]/g)].flatMap(([, list, one]) =>
      (list ?? one ?? '').split(',').map((name) => name.trim()),
    )
    const inWords = Object.values(annotations).flatMap((text) =>
      [...text.matchAll(/\$labels\.([a-z_]+)/g)].map(([, name = '']) => name),
    )
    expect([...inExpression, ...inWords].filter((name) => !labels.includes(name))).toEqual([])
  })

  it('each say how grave it is, what is wrong, and what to do', () => {
    for (const { alert, labels, annotations } of rules) {
      expect(labels['severity'], alert).toMatch(/^(page|ticket)$/)
      expect(annotations['summary'], alert).toBeTruthy()
      expect(annotations['description'], alert).toBeTruthy()
    }
  })

  it.skipIf(!hasPromtool)('pass their own tests', () => {
    const run = (...args: readonly string[]) => spawnSync(PROMTOOL, args, { cwd: FOLDER, encoding: 'utf8' })
    const checked = run('check', 'rules', 'rules.yaml')
    expect(checked.status, checked.stdout + checked.stderr).toBe(0)
    const tested = run('test', 'rules', 'rules.test.yaml')
    expect(tested.status, tested.stdout + tested.stderr).toBe(0)
  })
})
