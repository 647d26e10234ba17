import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { checkConfiguration } from '../../../src/configuration/load-configuration.ts'
import { systemTypes } from '../../../src/systems/systems.ts'

/** What others may put into documents, through the API and in folders, to read what is not theirs. */
const environment = {
  API_TOKEN: 'hidden-token',
  AWS_SECRET_ACCESS_KEY: 'hidden-key',
  WALDSTREAM_SECRET_OTHER__TOKEN: 'hidden-other',
  PATTERN: '^A-',
  CONFIG_ENV_NAMES: 'PATTERN,SHOP_URL',
  SHOP_URL: 'https://shop.example',
  SECRET_ENV_NAMES: 'erp=ERP_*',
}

let root: string
let folder: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'waldstream-'))
  folder = join(root, 'configuration')
  await mkdir(folder)
  await writeFile(join(root, 'outside.txt'), 'hidden-outside')
})
afterEach(async () => await rm(root, { recursive: true }))

const system = (over: object = {}) => ({
  kind: 'system',
  id: 'shop',
  type: 'magento2',
  address: 'https://shop.example',
  secrets: { bearer: 'env:WALDSTREAM_SECRET_SHOP__TOKEN' },
  ...over,
})
const erp = {
  kind: 'system',
  id: 'erp',
  type: 'sap-b1',
  address: 'https://erp.example',
  secrets: { username: 'env:ERP_USER', password: 'env:ERP_PASSWORD' },
  settings: { companyDb: 'X', customers: 'fixed', cardCode: 'C' },
}
const connection = (skuPattern: string) => {
  return { kind: 'connection', id: 'c', shop: 'shop', vendor: 'erp', reads: [], ownership: { skuPattern } }
}

async function check(...documents: readonly object[]) {
  await writeFile(join(folder, 'all.yaml'), documents.map((one) => JSON.stringify(one)).join('\n---\n'))
  const { configuration, mistakes } = await checkConfiguration(folder, environment, systemTypes)
  expect(JSON.stringify({ configuration, mistakes })).not.toContain('hidden-')
  return { configuration, mistakes: mistakes.map(({ field, message }) => `${field} ${message}`) }
}

it.each([
  ['env:API_TOKEN', /secrets.bearer env:API_TOKEN is one of this program's own settings/],
  ['env:AWS_SECRET_ACCESS_KEY', /own settings/],
  ['env:WALDSTREAM_SECRET_OTHER__TOKEN', /not allowed for shop: .*WALDSTREAM_SECRET_SHOP__.*SECRET_ENV_NAMES/],
  ['env:ERP_PASSWORD', /not allowed for shop/],
  ['file:/proc/self/environ', /machine's own files/],
  ['file:/run/secrets/other.token', /not allowed for shop: put the file at .*SECRET_FILES/],
])('names a secret that its system may not have, with the way to allow it: %s', async (bearer, message) => {
  const { mistakes } = await check(system({ secrets: { bearer } }), erp)
  expect(mistakes).toEqual([expect.stringMatching(message)])
})

it('lets a system have its own, and what the operator lists', async () => {
  expect((await check(system(), erp)).mistakes).toEqual([])
})

it.each(['env:API_TOKEN', 'file:/proc/self/environ', 'file:../outside.txt', 'env:WALDSTREAM_SECRET_SHOP__TOKEN'])(
  'looks nothing up in addresses and patterns of a folder that is not allowed there: %s',
  async (text) => {
    const { mistakes } = await check(system({ address: text }), erp, connection(text))
    const found = mistakes.filter((one) =>
      /^(address|ownership\.skuPattern) .*(not allowed here|file in this folder)/.test(one),
    )
    expect(found).toHaveLength(2)
  },
)

it('takes addresses and patterns from variables that the operator lists, and files of the folder', async () => {
  await writeFile(join(folder, 'pattern.txt'), '^B-\n')
  const first = await check(system({ address: 'env:SHOP_URL' }), erp, connection('env:PATTERN'))
  expect(first.mistakes).toEqual([])
  expect(first.configuration.systems[0]?.address).toBe('https://shop.example')
  expect(first.configuration.connections[0]?.ownership).toEqual({ skuPattern: '^A-' })
  const second = await check(system(), erp, connection('file:pattern.txt'))
  expect(second.configuration.connections[0]?.ownership).toEqual({ skuPattern: '^B-' })
})

it('follows no link out of the folder, neither of a value nor of a document', async () => {
  await symlink(join(root, 'outside.txt'), join(folder, 'pattern.txt'))
  await symlink('/proc/self/environ', join(folder, 'environ.txt'))
  await symlink(root, join(folder, 'up'))
  await symlink(join(root, 'outside.txt'), join(folder, 'linked.yaml'))
  for (const name of ['pattern.txt', 'environ.txt', 'up/outside.txt']) {
    const { mistakes } = await check(system(), erp, connection(`file:${name}`))
    expect(mistakes).toContainEqual(expect.stringMatching(/^ownership.skuPattern .*must be a file in this folder/))
    expect(mistakes).toContainEqual(expect.stringContaining('is a link to a file outside the folder'))
  }
})

it('repeats nothing of a file that is no pattern or no address', async () => {
  await writeFile(join(folder, 'broken.txt'), 'hidden-[')
  const { mistakes } = await check(system({ address: 'file:broken.txt' }), erp, connection('file:broken.txt'))
  expect(mistakes).toContainEqual(expect.stringContaining('file:broken.txt does not refer to a regular expression'))
  expect(mistakes).toContainEqual(expect.stringContaining('file:broken.txt does not refer to an address of a system'))
})
