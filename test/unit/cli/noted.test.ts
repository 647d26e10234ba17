import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { targetOf } from '../../../src/cli/noted.ts'

const filesOf = (folder: string) => {
  const url = new URL(`../../../src/${folder}/`, import.meta.url)
  return readdirSync(url)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({ name, text: readFileSync(new URL(name, url), 'utf8') }))
}

/** Operations that note what they change, by name. */
const changing = filesOf('operations').flatMap(({ text }) =>
  text
    .split(/^(?=export |async function |function )/m)
    .filter((part) => part.startsWith('export async function') && /\bnote(Change|Many)\(/.test(part))
    .map((part) => /function (\w+)/.exec(part)?.[1] ?? ''),
)

it('every command that changes something has its refusal noted', () => {
  expect(changing).toEqual(expect.arrayContaining(['createKey', 'discardDeadLetters', 'applyConfiguration', 'forget']))
  const commands = filesOf('cli').filter(({ text }) =>
    changing.some((name) => new RegExp(`\\b${name}\\(`).test(text) && !text.includes(`function ${name}(`)),
  )
  expect(commands.length).toBeGreaterThan(10)
  expect(commands.filter(({ text }) => !text.includes("from './noted.ts'")).map(({ name }) => name)).toEqual([])
})

it('what a command names is told without persons, and not at any length', () => {
  expect(targetOf(['erp', 'zoe@example.com'])).toBe('erp')
  expect(targetOf(['zoe@example.com'])).toBeNull()
  expect(targetOf(['x'.repeat(1000)])).toHaveLength(300)
})
