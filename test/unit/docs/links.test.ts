// A heading that is renamed or a file that moves breaks links and paths in pages that nobody has open.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const read = (page: string) => readFileSync(join(ROOT, page), 'utf8')

const pages = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

const withoutCode = (text: string) => text.replaceAll(/^```[\s\S]*?^```/gm, '')

/** The anchor that a heading gets: lower case, without punctuation, hyphens for spaces. */
const anchorOf = (heading: string) =>
  heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-')

const anchorsOf = (text: string) =>
  [...withoutCode(text).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading))

/** Links to files and headings that do not exist. */
function brokenLinks(page: string, text: string): readonly string[] {
  const targets = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
  return targets.filter((target) => {
    if (/^[a-z]+:/.test(target)) return false
    const [path = '', anchor] = target.split('#')
    const file = path === '' ? page : join(dirname(page), path)
    if (!existsSync(join(ROOT, file))) return true
    return anchor !== undefined && !anchorsOf(path === '' ? text : read(file)).includes(anchor)
  })
}

/** The vendor of examples. */
const EXAMPLE = /\bacme\b/

/** Paths in the text that do not exist. */
function brokenPaths(text: string): readonly string[] {
  const paths = [...withoutCode(text).matchAll(/`((?:src|test|docs|scripts|demo|simulators)\/[\w/.-]+)`/g)]
  return paths.map(([, path = '']) => path).filter((path) => !EXAMPLE.test(path) && !existsSync(join(ROOT, path)))
}

it.each(pages)('%s links to files and headings that exist', (page) => {
  expect(brokenLinks(page, read(page))).toEqual([])
})

/** Decisions and the changelog name files as they were. */
const current = pages.filter((page) => page !== 'CHANGELOG.md' && !page.startsWith('docs/decisions/'))

it.each(current)('%s names files that exist', (page) => {
  expect(brokenPaths(read(page))).toEqual([])
})

it('a broken link and a broken path are found', () => {
  const text = '# One two\n[a](#one-two) [b](#three) [c](nowhere.md) `src/nowhere.ts` `src/errors.ts`'
  expect(brokenLinks('README.md', text)).toEqual(['#three', 'nowhere.md'])
  expect(brokenPaths(text)).toEqual(['src/nowhere.ts'])
})
