import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { commandsPage } from '../../../scripts/commands-page.ts'

it('docs/reference/commands.md is what the program prints', () => {
  const page = readFileSync(new URL('../../../docs/reference/commands.md', import.meta.url), 'utf8')
  expect(page).toBe(commandsPage())
})
