// What is copied from a page of docs/systems has to be a document that `waldstream validate` takes.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { checkConfiguration } from '../../../src/configuration/load-configuration.ts'
import { systemTypes } from '../../../src/systems/systems.ts'

const pageOf = (type: string) => readFile(new URL(`../../../docs/systems/${type}.md`, import.meta.url), 'utf8')

async function systemIn(type: string): Promise<string> {
  const page = await pageOf(type)
  const block = [...page.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, text = '']) => text)
  return block.find((text) => text.includes(`type: ${type}\n`)) ?? ''
}

it.each([...systemTypes.keys()])('the configuration on the page of %s is valid', async (type) => {
  const folder = await mkdtemp(join(tmpdir(), 'waldstream-page-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'system.yaml'), await systemIn(type))
  const { configuration, mistakes } = await checkConfiguration(folder, {}, systemTypes)
  expect(mistakes).toEqual([])
  expect(configuration.systems.map((system) => system.type)).toEqual([type])
})

const shops = [...systemTypes.values()].flatMap(({ type, orderStates }) =>
  orderStates === null ? [] : [{ type, begin: orderStates.begin ?? ['every order'] }],
)

it.each(shops)('the page of $type says in which states orders go to the vendor by default', async ({ type, begin }) => {
  const [, said] = /Without `orderStates`, (.*?)\./s.exec(await pageOf(type)) ?? []
  for (const state of begin) expect(said).toContain(state)
})
