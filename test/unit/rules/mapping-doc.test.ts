import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { loadForTests } from '../../../src/configuration/load-configuration.ts'
import type { AttributeRule } from '../../../src/configuration/model.ts'
import { runMappingTest } from '../../../src/operations/run-mapping-test.ts'
import { expressionLimits } from '../../../src/rules/mapping/expression.ts'
import { mapAttributes } from '../../../src/rules/mapping.ts'
import { systemTypes } from '../../../src/systems/systems.ts'
import { anySecrets } from '../../data/any-secrets.ts'
import { ruleWith } from '../../data/configuration.ts'

const text = await readFile(new URL('../../../docs/how-to/mapping.md', import.meta.url), 'utf8')
const blocks = (language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(([, block = '']) => block)

const systems = `kind: system
id: shop
type: magento2
address: https://shop.example
secrets: { bearer: env:TOKEN }
reads: [{ entity: orders, startFrom: 2026-01-01T00:00:00Z }]
---
kind: system
id: acme
type: netsuite
address: https://acme.example
secrets: { consumerKey: env:A, consumerSecret: env:B, tokenId: env:C, tokenSecret: env:D }
settings: { account: '1' }
reads: [{ entity: products }]
`

it('the configuration in docs/how-to/mapping.md is valid, and its tests pass', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'waldstream-doc-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'doc.yaml'), [systems, ...blocks('yaml')].join('---\n'))
  const { configuration, tests } = await loadForTests(folder, anySecrets, systemTypes)
  const results = await Promise.all(tests.map((test) => runMappingTest(test, configuration)))
  expect(results.map(({ name, differences }) => [name, differences])).toEqual([
    ['a jacket', []],
    ['a price that is none', []],
    ['an order of two vendors', []],
  ])
})

const [product = '{}'] = blocks('json')
const rows = [...text.matchAll(/^\| `(.+?)` +\| (string|integer|decimal|boolean) +\| `(.*?)` +\|$/gm)]

it.each(rows.map(([, expression = '', type = '', gives = '']) => [expression, type, gives]))(
  '%s gives what the table says',
  async (expression, type, gives) => {
    const rule = ruleWith('a', { expression, type: type as AttributeRule['type'] })
    const { a } = await mapAttributes([rule], JSON.parse(product))
    expect(String(a)).toBe(gives)
  },
)

it('the table has all the exact functions, and the page the limits', () => {
  const all = rows.map(([row]) => row).join('\n')
  for (const name of ['add', 'subtract', 'multiply', 'divide', 'round', 'total', 'compare'])
    expect(all).toContain(`$${name}(`)
  const { steps, depth, list, text: length } = expressionLimits
  expect(text.replaceAll('\n', ' ')).toContain(
    `${steps} steps, a depth of ${depth}, lists of ${list} items, texts of ${length} characters`,
  )
})
