// A vendor's answer, an order's number or a file's name could move the cursor of the terminal that a command prints to.
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { escapePrinted } from '../../../src/cli/escape-printed.ts'

async function waldstream(...args: readonly string[]) {
  const cwd = new URL('../../../', import.meta.url)
  const child = spawn(process.execPath, ['src/cli/main.ts', ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  return (await Promise.all([text(child.stdout), text(child.stderr)])).join('')
}

it.each([[['validate', '/x\u001b[2Jy\u009bz']], [['x\u001b[2Jy\u009bz']]])('%j controls no terminal', async (args) => {
  const printed = await waldstream(...args)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there.
  expect(printed).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
  expect(printed).toContain('x\\u001b[2Jy\\u009bz')
  expect(printed).toMatch(/\n$/)
})

it('lines, columns, per cents and the values of JSON stay', () => {
  const printed: unknown[] = []
  const console = { log: (...texts: unknown[]) => void printed.push(...texts), error: () => undefined }
  escapePrinted(console)
  const value = { said: 'a\u001bb\u009bc\u202ed\ne' }
  console.log('one\t50 %d\ntwo')
  console.log(JSON.stringify(value))
  expect(printed[0]).toBe('one\t50 %d\ntwo')
  expect(printed[1]).toBe('{"said":"a\\u001bb\\u009bc\\u202ed\\ne"}')
  expect(JSON.parse(String(printed[1]))).toEqual(value)
})
