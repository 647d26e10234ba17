// Whoever is woken by an alert searches the page for its name.

import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const ROOT = new URL('../../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8')

it('the page of incidents has every alert', () => {
  const named = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, name = '']) => name).toSorted()
  const alerts = named(read('deploy/prometheus/rules.yaml'), /alert: (\w+)/g)
  expect(alerts.length).toBeGreaterThan(10)
  expect(named(read('docs/how-to/incidents.md'), /`(Waldstream\w+)`/g)).toEqual(alerts)
})
