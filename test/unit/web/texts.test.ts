import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { pagePaths } from '../../../src/api/routes/page.ts'
import { policies } from '../../../src/errors.ts'
import { causes } from '../../../web/src/texts.ts'

it('has a title and a way out for every code that a person sees to', () => {
  const codes = Object.entries(policies)
    .filter(([, policy]) => ['dead-letter', 'pause', 'wait', 'retry'].includes(policy))
    .map(([code]) => code)
  expect(codes.filter((code) => causes[code] === undefined)).toEqual([])
})

it('the API answers every address that the page has', () => {
  const source = readFileSync('web/src/main.tsx', 'utf8')
  const paths = [...source.matchAll(/<Route path="([^"]+)"/g)].map(([, path]) => `${path}`).filter((one) => one !== '*')
  expect(paths.length).toBeGreaterThan(4)
  const served = (path: string) =>
    pagePaths.some((one) => (one.endsWith('/*') ? path.startsWith(one.slice(0, -1)) : one === path))
  expect(paths.filter((path) => !served(path))).toEqual([])
})
