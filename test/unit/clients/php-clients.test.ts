import { execFile } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { SaxesParser } from 'saxes'
import { expect, it } from 'vitest'
import { expectedTotal } from '../../../src/events/order-total.ts'
import { orderFromJson } from '../../../src/platform/registry/order-json.ts'
import { findPhpunit, php } from '../../worlds/php.ts'

const run = promisify(execFile)
const CLIENTS = fileURLToPath(new URL('../../../clients/', import.meta.url))
const MODULE = join(CLIENTS, 'magento2-module')
const xmlFiles = globSync('**/*.xml', { cwd: MODULE })
const phpFiles = globSync('{php,magento2-module}/**/*.php', { cwd: CLIENTS })
const read = (file: string) => readFileSync(join(MODULE, file), 'utf8')

it.each(xmlFiles)('%s is well-formed', (file) => {
  expect(() => new SaxesParser().write(read(file)).close()).not.toThrow()
})

it.each(xmlFiles)('%s names classes of the module that there are', (file) => {
  const virtual = [...read('etc/di.xml').matchAll(/virtualType name="([^"]+)"/g)].map(([, name = '']) => name)
  const named = [...read(file).matchAll(/\bWaldstream\\Feeds\\([\w\\]+)/g)].map(([whole, name = '']) => ({
    whole,
    name,
  }))
  const missing = named.filter(({ whole, name }) => {
    const path = `${name.replace(/\\Proxy$/, '').replaceAll('\\', '/')}.php`
    return !virtual.includes(whole) && !existsSync(join(MODULE, path))
  })
  expect(missing).toEqual([])
})

it('the whitelist of the schema has its tables and columns', () => {
  const tables = [...read('etc/db_schema.xml').matchAll(/<table name="(\w+)"([\s\S]*?)<\/table>/g)]
  const columns = tables.map(([, name, body = '']) => [
    name,
    Object.fromEntries([...body.matchAll(/<column xsi:type="\w+" name="(\w+)"/g)].map(([, column]) => [column, true])),
  ])
  const listed: Record<string, { column: object }> = JSON.parse(read('etc/db_schema_whitelist.json'))
  expect(Object.entries(listed).map(([name, { column }]) => [name, column])).toEqual(columns)
})

/** Magento runs the jobs of a group one after the other under one lock, and groups at the same time only in processes of their own. */
it('stock and orders do not wait for jobs that take minutes: each has a cron group of its own', () => {
  const groups = [...read('etc/crontab.xml').matchAll(/<group id="(\w+)">([\s\S]*?)<\/group>/g)]
  const jobs = groups.map(([, group, body = '']) => [
    group,
    [...body.matchAll(/job name="(\w+)"/g)].map(([, job]) => job),
  ])
  const defined = [...read('etc/cron_groups.xml').matchAll(/<group id="(\w+)">([\s\S]*?)<\/group>/g)]
  expect(jobs).toContainEqual([expect.anything(), ['waldstream_pull_inventory']])
  expect(jobs).toContainEqual([expect.anything(), ['waldstream_push_orders']])
  expect(defined.map(([, group]) => group)).toEqual(groups.map(([, group]) => group))
  expect(defined.map(([, , body = '']) => /separate_process>(\d)/.exec(body)?.[1])).toEqual(groups.map(() => '1'))
})

const LINT = 'foreach (array_slice($argv, 1) as $file) token_get_all(file_get_contents($file), TOKEN_PARSE);'

it.skipIf(php === undefined)('every PHP file can be parsed', async () => {
  expect(phpFiles.length).toBeGreaterThan(50)
  await run(php?.path ?? 'php', ['-r', LINT, '--', ...phpFiles], { cwd: CLIENTS })
})

const phpunit = php === undefined ? undefined : findPhpunit()

it.skipIf(phpunit === undefined).each(['php', 'magento2-module'])('the own tests of %s pass', async (name) => {
  const { stdout } = await run(php?.path ?? 'php', [phpunit ?? '', '-c', join(CLIENTS, name)]).catch(
    (error: { readonly stdout?: string }) => ({ stdout: error.stdout ?? String(error) }),
  )
  expect(stdout).toMatch(/^OK \(\d+ tests/m)
})

it.skipIf(php === undefined)('an order of the module is one that the API accepts', async () => {
  const { stdout } = await run(php?.path ?? 'php', [fileURLToPath(new URL('sample-order.php', import.meta.url))])
  const order = orderFromJson(JSON.parse(stdout))
  expect(expectedTotal(order)).toBe(order.grandTotal)
  const rows = order.lines.filter(({ parentLineId }) => parentLineId === null).map(({ rowTotal }) => rowTotal)
  expect(rows.reduce((total, row) => total + row, 0n)).toBe(order.subtotal)
  expect(order.lines.at(-1)?.ownAmounts?.rowTotal).toBe(75_000n)
})
