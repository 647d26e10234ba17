import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

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
})
