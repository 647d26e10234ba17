// The demo's vendor without an API: its server is as strict as a real one, and its program as hasty.

import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { lookup } from 'node:dns'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { utils } from 'ssh2'
import { expect, it, onTestFinished } from 'vitest'
import { FILE_VENDOR_CREDENTIALS, hostKey } from '../../../../simulators/file-vendor/credentials.ts'
import { startFileVendorSimulator } from '../../../../simulators/file-vendor/start.ts'
import type { Visit } from '../../../../src/systems/files/place.ts'
import { sftpPlace } from '../../../../src/systems/files/sftp-place.ts'

const ROOT = new URL('../../../../', import.meta.url).pathname
const { signal } = new AbortController()

function fingerprint(): string {
  const key = utils.parseKey(hostKey())
  if (key instanceof Error) throw key
  return `SHA256:${createHash('sha256').update(key.getPublicSSH()).digest('base64').replace(/=+$/, '')}`
}

interface State {
  readonly items: readonly { readonly sku: string; readonly stock: number; readonly offered: number }[]
  readonly orders: readonly {
    readonly id: number
    readonly file: string
    readonly reference: string
    readonly lines: readonly { readonly sku: string; readonly quantity: number; readonly shipped: number }[]
  }[]
  readonly rejected: readonly { readonly file: string; readonly reason: string }[]
}

async function startVendor() {
  const folder = mkdtempSync(join(tmpdir(), 'waldstream-vendor-'))
  const catalogFile = join(ROOT, 'simulators/catalog/catalog.csv')
  const simulator = await startFileVendorSimulator({
    dataFile: ':memory:',
    catalogFile,
    vendorPattern: /^ACM-/,
    folder,
    exportEveryMs: 0,
  })
  onTestFinished(async () => {
    await simulator.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const port = Number(new URL(simulator.sftp).port)
  const { username, password } = FILE_VENDOR_CREDENTIALS
  const place = sftpPlace({
    host: '127.0.0.1',
    port,
    root: '',
    username,
    signIn: { password },
    hostKeys: [fingerprint()],
    lookup,
    timeoutMs: 20_000,
  })
  const send = async (method: string, path: string, body: unknown) => {
    const init = { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    return await fetch(`${simulator.url}/_sim${path}`, init)
  }
  const state = async () => (await (await fetch(`${simulator.url}/_sim/state`)).json()) as State
  const visit = <T>(work: (visit: Visit) => Promise<T>) => place.visit(work, signal)
  return { folder, port, visit, send, state }
}

async function textOf(visit: Visit, path: string): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of visit.read(path)) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

const orderFile = (reference: string, lines: readonly string[]) =>
  Buffer.from(`PO Number,Line,Item,Qty,Ship To\r\n${lines.map((line) => `${reference},${line},Ann\r\n`).join('')}`)

it('has the key that config/demo-all pins', () => {
  const text = readFileSync(join(ROOT, 'config/demo-all/systems.yaml'), 'utf8')
  expect(text).toContain(`hostKey: ${fingerprint()}`)
})

it('writes its goods as files, takes an order away at once, and ships it as a file', async () => {
  const { visit, send, state } = await startVendor()
  const [first, second] = (await state()).items.filter(({ stock }) => stock > 10)
  if (first === undefined || second === undefined) throw new Error('the vendor has no stock')
  const [stock] = await visit((one) => one.list('out/stock'))
  expect(stock?.name).toBe('stock-000001.csv')
  const text = await visit((one) => textOf(one, 'out/stock/stock-000001.csv'))
  expect(text).toMatch(/^Item No;Available\n/)
  expect(text).toMatch(/;In Stock\n/)
  expect(text).toMatch(/;N\/A\n/)
  expect(await visit((one) => textOf(one, 'out/prices/prices-000001.csv'))).toMatch(
    /^Item No;Price\nACM-\S+;\d+,\d\d\n/,
  )

  const content = orderFile('shop-acme-1', [`7,${first.sku},2`, `8,${second.sku},1`, `9,${first.sku},1`])
  await visit(async (one) => {
    await one.write('in/orders/.waldstream/new', content)
    expect(await one.find('in/orders/.waldstream/new')).toMatchObject({ bytes: content.length })
    await one.move('in/orders/.waldstream/new', 'in/orders/PO-1.csv')
    expect(await one.find('in/orders/PO-1.csv')).toBeNull()
  })
  const { orders, items } = await state()
  expect(orders).toMatchObject([{ id: 1, file: 'PO-1.csv', reference: 'shop-acme-1' }])
  expect(items.find(({ sku }) => sku === first.sku)?.stock).toBe(first.stock - 3)

  // One row for each SKU of a parcel, whatever lines it is of.
  const lines = [
    { line: 1, quantity: 1 },
    { line: 3, quantity: 1 },
  ]
  expect((await send('POST', '/orders/1/ship', { lines, tracking: 'T-1' })).status).toBe(200)
  expect(await visit((one) => textOf(one, 'out/tracking/tracking-000001.csv'))).toBe(
    `PO Number;Item No;Qty;Carrier;Tracking\nshop-acme-1;${first.sku};2;UPS;T-1\n`,
  )
  expect((await send('POST', '/orders/1/ship', { lines: [{ line: 3, quantity: 1 }] })).status).toBe(400)
  expect((await send('POST', '/orders/1/ship', {})).status).toBe(200)
  expect((await state()).orders[0]?.lines.map(({ quantity, shipped }) => quantity - shipped)).toEqual([0, 0, 0])
})

it('sees an order that comes twice, and rejects what it can not read', async () => {
  const { visit, state } = await startVendor()
  const [item] = (await state()).items
  const twice = orderFile('shop-acme-1', [`7,${item?.sku},1`])
  await visit(async (one) => {
    await one.write('in/orders/PO-1.csv', twice)
    await one.write('in/orders/PO-1-again.csv', twice)
    await one.write('in/orders/half.csv', twice.subarray(0, -2))
    await one.write('in/orders/foreign.csv', orderFile('shop-acme-2', ['1,NRD-1,1']))
    await one.write('in/orders/readme.txt', Buffer.from('not for the program'))
    expect((await one.list('in/orders')).map(({ name }) => name)).toEqual(['readme.txt'])
  })
  const { orders, rejected } = await state()
  expect(orders.map(({ reference }) => reference)).toEqual(['shop-acme-1', 'shop-acme-1'])
  expect(rejected.map(({ reason }) => reason).toSorted()).toEqual([
    'foreign.csv, line 2: there is no product "NRD-1"',
    'half.csv is cut short',
  ])
})

it('is a server that lets nobody out of its folder, and replaces no file', async () => {
  const { folder, visit, send } = await startVendor()
  writeFileSync(join(tmpdir(), 'waldstream-outside.txt'), 'outside')
  onTestFinished(() => rmSync(join(tmpdir(), 'waldstream-outside.txt'), { force: true }))
  const refused = (work: (visit: Visit) => Promise<unknown>) => expect(visit(work)).rejects
  expect(await visit((one) => one.find('../waldstream-outside.txt'))).toBeNull()
  await refused((one) => one.write('own.txt', Buffer.from('x'))).toMatchObject({ code: 'permission_missing' })
  await refused((one) => one.write('new/own.txt', Buffer.from('x'))).toMatchObject({ code: 'permission_missing' })
  await refused((one) => one.list('out/none')).toMatchObject({ code: 'not_found' })
  await refused((one) => textOf(one, 'out/stock')).toMatchObject({ code: 'target_unavailable' })
  await visit(async (one) => {
    await one.write('out/a.txt', Buffer.from('a'))
    await one.write('out/b.txt', Buffer.from('b'))
  })
  await refused((one) => one.move('out/a.txt', 'out/b.txt')).toMatchObject({ code: 'target_conflict' })
  expect(readFileSync(join(folder, 'out/b.txt'), 'utf8')).toBe('b')
  await send('PUT', '/server', { denied: ['out/stock'] })
  await refused((one) => one.list('out/stock')).toMatchObject({ code: 'permission_missing' })
  await send('PUT', '/server', { refusesSignIn: true })
  await refused((one) => one.list('out')).toMatchObject({ code: 'credentials_refused' })
})

it('lists a folder of many files, and keeps times to the second', async () => {
  const { folder, visit } = await startVendor()
  for (let count = 0; count < 250; count += 1) writeFileSync(join(folder, `out/stock/more-${count}.csv`), '')
  const listed = await visit((one) => one.list('out/stock'))
  expect(listed.length).toBe(251)
  expect(listed.every(({ modifiedAt }) => modifiedAt !== null && modifiedAt % 1000 === 0)).toBe(true)
})

/** OpenSSH's client, which asks a program for the password. */
it.skipIf(!existsSync('/usr/bin/sftp'))('understands the sftp of OpenSSH', async () => {
  const { folder, port } = await startVendor()
  const local = mkdtempSync(join(tmpdir(), 'waldstream-local-'))
  onTestFinished(() => rmSync(local, { recursive: true, force: true }))
  writeFileSync(join(local, 'note.txt'), 'note')
  const commands = [
    'put note.txt out/note.tmp',
    'rename out/note.tmp out/note.txt',
    'ls -l out',
    'get -p out/stock/stock-000001.csv',
  ]
  writeFileSync(join(local, 'batch'), `${commands.join('\n')}\n`)
  const { username, password } = FILE_VENDOR_CREDENTIALS
  writeFileSync(join(local, 'ask'), `#!/bin/sh\necho ${password}\n`, { mode: 0o700 })
  const options = ['BatchMode=no', 'StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', `Port=${port}`]
  const args = [...options.map((option) => `-o${option}`), '-b', 'batch', `${username}@127.0.0.1`]
  const env = { PATH: '/usr/bin:/bin', SSH_ASKPASS: join(local, 'ask'), SSH_ASKPASS_REQUIRE: 'force' }
  const { stdout } = await promisify(execFile)('/usr/bin/sftp', args, { cwd: local, env })
  expect(stdout).toContain('out/note.txt')
  expect(readFileSync(join(folder, 'out/note.txt'), 'utf8')).toBe('note')
  expect(readdirSync(local)).toContain('stock-000001.csv')
})
