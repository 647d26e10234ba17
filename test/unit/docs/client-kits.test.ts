import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { inventoryChanged } from '../../data/feed-events.ts'
import { apiFixture } from '../../worlds/api-fixture.ts'
import { php } from '../../worlds/php.ts'

const run = promisify(execFile)
const ROOT = new URL('../../../', import.meta.url)
const page = readFileSync(new URL('docs/how-to/client-kits.md', ROOT), 'utf8')

/** The block of code behind the comment that names it. */
function example(name: string): string {
  const [, block = ''] = new RegExp(`<!-- example: ${name} -->\\n+\`\`\`\\w*\\n([\\s\\S]*?)\\n\`\`\``).exec(page) ?? []
  return block
}

let api: string
beforeAll(async () => {
  const fixture = apiFixture()
  const connection = 'magento-netsuite'
  await fixture.configure(connection)
  for (const shard of [0, 1]) {
    await fixture.project(shard, inventoryChanged({ connection, sku: `WLD-${shard + 1}` }, '12.5', shard === 0))
  }
  await fixture.idle()
  api = await fixture.app.listen({ host: '127.0.0.1', port: 0 })
  return () => fixture.app.close()
})

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'client-kits-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

async function runTypeScript(name: string, cwd: string): Promise<string> {
  const kit = new URL('clients/typescript/client.ts', ROOT).href
  const file = join(cwd, 'example.mts')
  writeFileSync(file, example(name).replace("'waldstream/client'", `'${kit}'`))
  const env = { ...process.env, WALDSTREAM_API: api, WALDSTREAM_KEY: 'any' }
  return (await run(process.execPath, ['--disable-warning=ExperimentalWarning', file], { cwd, env })).stdout
}

it('the example with a file reads the feed, and continues', async () => {
  const cwd = folder()
  expect(await runTypeScript('typescript', cwd)).toMatch(/^2 rows came, caught up\n\{\s*total: '12.5'/)
  expect(await runTypeScript('typescript', cwd)).toMatch(/^0 rows came, caught up\n\{\s*total: '12.5'/)
})

it('the example with a database stores totals and whether they may be sold, and continues', async () => {
  const cwd = folder()
  expect(await runTypeScript('typescript-store', cwd)).toBe('2 rows are in the database\n')
  const db = new DatabaseSync(join(cwd, 'shop.db'))
  onTestFinished(() => db.close())
  expect(db.prepare('SELECT sku, total, in_stock FROM stock ORDER BY sku').all()).toEqual([
    { sku: 'WLD-1', total: '12.5', in_stock: 1 },
    { sku: 'WLD-2', total: '12.5', in_stock: 0 },
  ])
  expect(await runTypeScript('typescript-store', cwd)).toBe('0 rows are in the database\n')
})

it.skipIf(php?.extensions.includes('pdo_sqlite') !== true)(
  'the example in PHP reads the feed, and continues',
  async () => {
    const cwd = folder()
    const kit = fileURLToPath(new URL('clients/php/autoload.php', ROOT))
    mkdirSync(join(cwd, 'vendor'))
    writeFileSync(join(cwd, 'vendor', 'autoload.php'), `<?php require '${kit}';\n`)
    writeFileSync(join(cwd, 'example.php'), example('php'))
    const env = { ...process.env, WALDSTREAM_API: api, WALDSTREAM_KEY: 'any' }
    const output = async () => (await run(php?.path ?? 'php', ['example.php'], { cwd, env })).stdout
    expect(await output()).toMatch(/^2 rows came, caught up\n.*"total":"12.5"/)
    expect(await output()).toMatch(/^0 rows came, caught up\n.*"total":"12.5"/)
  },
)
