// Every command of docs/tutorial/first-connection.md, as it stands there, in a folder of its own.

import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, inject, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { ownDemoData } from '../../worlds/demo-data.ts'
import { startProgram } from '../../worlds/processes.ts'

const ROOT = new URL('../../../', import.meta.url).pathname
const DATASET = ['--orders', '10', '--seed', '482170091']
const prefix = `first-${randomUUID().slice(0, 8)}.`
ownDemoData(DATASET)

interface Block {
  readonly language: string
  readonly text: string
}

async function blocksOf(page: string): Promise<readonly Block[]> {
  const text = await readFile(join(ROOT, page), 'utf8')
  return [...text.matchAll(/^```(\w+)\n(.*?)^```/gms)].map(([, language = '', block = '']) => ({
    language,
    text: block,
  }))
}

test('the way to a first connection is as its page says', async () => {
  const home = await mkdtemp(join(tmpdir(), 'first-'))
  onTestFinished(() => rm(home, { recursive: true }))
  const folder = join(home, 'my-first')
  /** In the project's folder, where `npx waldstream` is; the configuration is written elsewhere. */
  const here = (text: string) => text.replaceAll(/(\.\/)?\bmy-first\b/g, folder)
  const services = { ...inject('services'), TOPIC_PREFIX: prefix, TABLE_PREFIX: prefix }
  const sh = async (script: string) => {
    const options = { cwd: ROOT, env: { ...process.env, ...services }, maxBuffer: 16 * 1024 * 1024 }
    const { stdout, stderr } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', here(script)], options)
    return stdout + stderr
  }
  const blocks = await blocksOf('docs/tutorial/first-connection.md')
  const commands = blocks.filter(({ language }) => language === 'sh').map(({ text }) => text)
  const [init = '', secrets = '', start = '', load = '', check = '', go = '', change = '', ...more] = commands
  expect(more).toEqual([])
  await sh(init)
  await sh(secrets)
  // A scheduled read between two commands would leave nothing for the next one.
  const systems = join(folder, 'systems.yaml')
  const written = await readFile(systems, 'utf8')
  expect(written).toContain('schedule: "*/5 * * * *"')
  await writeFile(systems, written.replaceAll('schedule: "*/5 * * * *"', 'schedule: "0 0 1 1 *"'))

  expect(start).toBe('set -a; . ./my-first/.env; set +a\nnpm start\n')
  const given = Object.fromEntries(
    (await readFile(join(folder, '.env'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const),
  )
  const program = await startProgram({
    name: 'start',
    args: ['scripts/bootstrap.mjs', 'start', ...DATASET],
    env: { ...services, ...given, FEED_SETTLE_MS: '200', API_PORT: '0' },
  })
  onTestFinished(async () => {
    program.signal('SIGINT')
    await program.exited
  })
  // While another demo runs in this folder, the addresses of this one are in a file of another name, which it prints.
  const [, addresses = ''] = /or: \. (\S+) &&/.exec(await program.line(/or: \. \S+ &&/)) ?? []
  expect(load).toBe('. .waldstream/env\nset -a; . ./my-first/.env; set +a\n')
  const loadOwn = load.replace('.waldstream/env', addresses)

  const checked = await sh(`${loadOwn}${check}`)
  expect(checked).toContain('is valid: 2 systems, 1 connections, 1 mapping tests')
  expect(checked).toContain('1 passed, 0 failed')
  expect(checked).not.toMatch(/^fail /m)
  const gone = await sh(`${loadOwn}${go}`)
  expect(gone).toContain('system my-shop, system my-vendor, connection my-shop-my-vendor (0 unchanged)')
  expect(gone.match(/ {2}completed$/gm)).toHaveLength(2)
  expect(gone).toMatch(/^completed: read 1\d, published 1\d; my-shop-my-vendor: .*succeeded [1-9]/m)

  const shown = blocks.find(({ language }) => language === 'yaml')?.text ?? ''
  const { attributes }: { readonly attributes: readonly object[] } = parse(shown)
  const added = attributes.at(-1)
  const file = join(folder, 'product-metadata.yaml')
  await writeFile(file, `${await readFile(file, 'utf8')}  - ${JSON.stringify(added)}\n`)
  const changed = await sh(`${loadOwn}${change}`)
  expect(changed).toContain('short_description')
  expect(changed).toContain('changed: product-metadata my-shop-my-vendor')
})
