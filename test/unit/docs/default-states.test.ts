import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { systemTypes } from '../../../src/systems/systems.ts'

const shops = [...systemTypes.values()].flatMap(({ type, orderStates }) =>
  orderStates === null ? [] : [{ type, begin: orderStates.begin ?? ['every order'] }],
)

it.each(shops)('the page of $type says in which states orders go to the vendor by default', async ({ type, begin }) => {
  const page = await readFile(new URL(`../../../docs/systems/${type}.md`, import.meta.url), 'utf8')
  const [, said] = /Without `orderStates`, (.*?)\./s.exec(page) ?? []
  for (const state of begin) expect(said).toContain(state)
})
