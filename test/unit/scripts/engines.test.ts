// `engines` said Node 20, while packages that the program depends on want 22 and the program itself 24.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const textOf = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')

interface Package {
  readonly engines?: unknown
  readonly dev?: boolean
}

const { packages } = JSON.parse(textOf('package-lock.json')) as { readonly packages: Readonly<Record<string, Package>> }

/** The oldest major version that a range allows: the least of its alternatives; 0: it says none. */
function oldestMajor(range: string): number {
  const majors = range.split('||').map((one) => Number(/(\d+)/.exec(one)?.[1] ?? 0))
  return Math.min(...majors)
}

function rangeOf({ engines }: Package): string {
  return typeof engines === 'object' && engines !== null && 'node' in engines ? String(engines.node) : ''
}

const own = oldestMajor(rangeOf(packages[''] ?? {}))

it('engines asks for the Node that the program runs with', () => {
  const numberIn = (path: string, name: string) => Number(new RegExp(`${name} = (\\d+)`).exec(textOf(path))?.[1])
  const { engines } = JSON.parse(textOf('package.json')) as { readonly engines: { readonly node: string } }
  expect(oldestMajor(engines.node)).toBe(own)
  expect(numberIn('bin/waldstream.mjs', 'WANTED_NODE')).toBe(own)
  expect(numberIn('scripts/bootstrap.mjs', 'OWN_NODE')).toBe(own)
})

it('no package that the program depends on wants a newer one', () => {
  const newer = Object.entries(packages).filter(
    ([path, one]) => path !== '' && !one.dev && oldestMajor(rangeOf(one)) > own,
  )
  expect(newer.map(([path]) => path)).toEqual([])
})

it('the Node that a clone may begin with is the one that README names', () => {
  const oldest = /OLDEST_NODE = (\d+)/.exec(textOf('scripts/bootstrap.mjs'))?.[1]
  expect(textOf('README.md')).toContain(`Node ${oldest} or later`)
})
