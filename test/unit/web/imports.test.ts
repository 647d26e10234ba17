// The page goes to browsers: what it takes from the processes is types, which are gone when it is built, and files that need no other.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const ROOT = 'web/src'
/** How lists are written as CSV, and how much is asked for at once. */
const shared = ['api/csv-text.ts', 'platform/bounded.ts']
const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter((path) => /\.tsx?$/.test(path))

it('takes types alone from the processes, and from their operations and what these answer', () => {
  expect(files.length).toBeGreaterThan(30)
  const taken = files.flatMap((path) => {
    const text = readFileSync(join(ROOT, path), 'utf8')
    const statements = text.matchAll(/^(import|export)( type)? [^;]*?from '((?:\.\.\/)+src\/([^']+))'/gm)
    return [...statements].map(([, , type, , from]) => ({ path, from: `${from}`, isType: type !== undefined }))
  })
  expect(taken.length).toBeGreaterThan(2)
  const others = taken.filter(({ from }) => !shared.includes(from))
  expect(others.filter(({ isType }) => !isType)).toEqual([])
  expect(others.filter(({ from }) => !/^(operations|projections)\//.test(from))).toEqual([])
})

it('shares with them what needs nothing else, and is built anew with it', () => {
  const builder = readFileSync('scripts/bootstrap.mjs', 'utf8')
  for (const file of shared) {
    expect(readFileSync(join('src', file), 'utf8')).not.toMatch(/^(import|export) .*from /m)
    expect(builder).toContain(`'src/${file}'`)
  }
})

it('has no styles in attributes, which its policy refuses, and its texts in one file', () => {
  const written = files
    .filter((path) => path.endsWith('.tsx'))
    .map((path) => [path, readFileSync(join(ROOT, path), 'utf8')])
  expect(written.filter(([, text]) => /\sstyle=|innerHTML|<style/.test(`${text}`)).map(([path]) => path)).toEqual([])
  const labels = written.flatMap(([path, text]) =>
    [...`${text}`.matchAll(/(?:aria-label|title|placeholder)="([^"]+)"/g)].map(([found]) => `${path}: ${found}`),
  )
  expect(labels).toEqual([])
})
