import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { systemTypes } from '../../../src/configuration/model.ts'
import { systemTraits } from '../../../src/configuration/system-traits.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const read = (path: string) => readFileSync(ROOT + path, 'utf8')
const doc = read('docs/systems/adding-a-system.md')
const EXAMPLE = 'test/examples/acme'

describe('the page on adding a system', () => {
  it('has every file of the example as it is', () => {
    const blocks = [...doc.matchAll(/```ts\n\/\/ (test\/\S+)\n([\s\S]*?)```/g)]
    const shown = new Map(blocks.map(([, path = '', text]) => [path, text]))
    expect([...shown.keys()].toSorted()).toEqual(
      readdirSync(ROOT + EXAMPLE)
        .map((name) => `${EXAMPLE}/${name}`)
        .toSorted(),
    )
    for (const [path, text] of shown) expect(text, path).toBe(read(path))
  })

  it('names every table of the sources that has a row for each type, and no other', () => {
    const hasAll = (path: string) =>
      systemTypes.every((type) => new RegExp(`(['"]?)${type}\\1[,:\\]]`).test(read(path)))
    const sources = readdirSync(`${ROOT}src`, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `src/${name}`)
    const [, table = ''] = doc.split('## 5. The tables')
    const named = [...table.matchAll(/^\| `(src\/\S+\.ts)`/gm)].map(([, path]) => path)
    expect(named.toSorted()).toEqual(sources.filter(hasAll).toSorted())
    expect(table).toContain('`test/matrix/fault-matrix.ts`')
  })
})

describe('the page of a system', () => {
  const pages = { 'image-feed': read('docs/systems/image-feed.md') }

  it.each(Object.entries(pages))('names every setting: %s', (type, page) => {
    const { settings, optionalSettings } = systemTraits[type as keyof typeof pages]
    const missing = [...settings, ...optionalSettings].filter(
      (name) => !page.includes(name.replace(/^columns\./, '`')) && !page.includes(name),
    )
    expect(missing).toEqual([])
  })
})
