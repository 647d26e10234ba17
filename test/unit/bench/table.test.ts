import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { readResults } from '../../../bench/table/results.ts'
import { rows } from '../../../bench/table/rows.ts'
import { resultsText } from '../../../bench/table/run-table.ts'
import { regressions, tableText } from '../../../bench/table/text.ts'

const measured = (ratio: number) => ({ value: 100 * ratio, theirs: 100, ratio, rounds: 2 })

test('the table has every line, and says which goals are met and what was not measured', () => {
  const text = tableText({
    'route-speed': measured(1.2),
    'route-cpu': measured(1.1),
    'route-python': { why: 'skipped: there is no python3 in PATH' },
    'feed-page-large': { ...measured(1.1), note: 'on 4,000 rows' },
  })
  const [, , speed, cpu] = text.split('\n')
  expect(speed).toMatch(/\| 120 orders\/s +\| Kafka Streams, one thread +\| 100 +\| 1\.20 +\| ≥ 1 +\| yes +\|$/)
  expect(cpu).toMatch(/\| 1\.10 +\| ≤ 1 +\| no +\|$/)
  expect(text).toMatch(/\| – +\| – +\| ≥ 8 +\| skipped: there is no python3 in PATH +\|/)
  expect(text).toMatch(/\| yes \(on 4,000 rows\) +\|/)
  expect(text.split('\n')).toHaveLength(rows.length + 2)
  expect(text).toMatch(/\| not yet measured +\|/)
})

test('a ratio that is more than a fifth worse is a regression, whichever way is better', () => {
  const kept = { 'route-speed': measured(1), 'route-cpu': measured(1), map: measured(1) }
  expect(regressions({ 'route-speed': measured(0.81), 'route-cpu': measured(1.24) }, kept)).toEqual([])
  expect(regressions({ 'route-speed': measured(0.79), 'route-cpu': measured(1.26) }, kept)).toEqual([
    expect.stringMatching(/^route-speed \(.*\): ratio 0\.79, and 1\.00 was kept$/),
    expect.stringMatching(/^route-cpu \(.*\): ratio 1\.26, and 1\.00 was kept$/),
  ])
})

test('the docs have what was measured', async () => {
  const results = await readResults()
  const docs = await readFile(new URL('../../../docs/explanation/benchmarks.md', import.meta.url), 'utf8')
  if (results === undefined) throw new Error('bench/results.json is missing')
  expect(docs).toContain(`<!-- results -->\n\n${resultsText(results)}\n\n<!-- /results -->`)
})
