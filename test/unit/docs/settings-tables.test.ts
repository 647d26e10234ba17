// A setting that a page promises and its definition does not know is refused by `validate`: pages and definitions are one.

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { tablesOf, withTables } from '../../../scripts/settings-tables.ts'
import { systemTypes } from '../../../src/systems/systems.ts'

const DOCS = new URL('../../../docs/', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, DOCS), 'utf8')
const types = [...systemTypes.values()]

/** Settings that the prose names: `settings.currency`. */
function namedSettings(text: string): readonly string[] {
  return [...text.matchAll(/`settings\.([\w.]+)`/g)].map(([, name = '']) => name)
}

/** Names in the first column of the table between the marks. */
function tableSettings(page: string): readonly string[] {
  const [, table = ''] = /<!-- settings -->([\s\S]*?)<!-- \/settings -->/.exec(page) ?? []
  return [...table.matchAll(/^\| `([\w.]+)`/gm)].map(([, name = '']) => name)
}

describe('the page of a system', () => {
  it.each(types)('has the tables of its definition: $type', (type) => {
    const page = read(`systems/${type.type}.md`)
    expect(withTables(page, tablesOf(type))).toBe(page)
    expect(tableSettings(page)).toEqual(Object.keys(type.settings))
  })

  it.each(types)('names no setting that its definition does not know: $type', ({ type, settings }) => {
    expect(namedSettings(read(`systems/${type}.md`)).filter((name) => !(name in settings))).toEqual([])
  })

  it('a setting that is written into the table by hand is found', () => {
    const [type] = types
    if (type === undefined) return expect.unreachable()
    const page = read(`systems/${type.type}.md`)
    const planted = page.replace('<!-- /settings -->', '| `vatGroop` | a text | none | planted |\n<!-- /settings -->')
    expect(planted).not.toBe(page)
    expect(withTables(planted, tablesOf(type))).not.toBe(planted)
    expect(namedSettings('see `settings.vatGroop`')).toEqual(['vatGroop'])
  })
})

it('other pages name settings that there are', () => {
  const known = new Set(types.flatMap(({ settings }) => Object.keys(settings)))
  const pages = readdirSync(DOCS).filter((name) => name.endsWith('.md'))
  expect(pages.flatMap((name) => namedSettings(read(name))).filter((name) => !known.has(name))).toEqual([])
})
