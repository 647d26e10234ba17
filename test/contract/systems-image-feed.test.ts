import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Simulator } from '../../simulators/harness/simulator.ts'
import { startImageFeedSimulator } from '../../simulators/image-feed/start.ts'
import { controlTables } from '../../src/control/tables.ts'
import { createReader } from '../../src/producers/create-reader.ts'
import { createReaderNotes } from '../../src/producers/reader-notes.ts'
import { createClients } from '../../src/systems/clients.ts'
import type { SourceReader } from '../../src/systems/kit/source.ts'
import { wireOf, wiresOf } from '../../src/systems/kit/wire.ts'
import { localNetwork } from '../data/loopback.ts'
import { memoryTables } from '../memory/tables.ts'
import { catalogFile, checkedRead, governors, keysOf, readAll, systemOf, WHOLE, wallClock } from '../worlds/sources.ts'

const deps = {
  clock: wallClock,
  governors,
  network: localNetwork,
  logger: pino({ level: 'silent' }),
  resolveSecret: () => 'secret',
}
const AGAIN = { from: 0, to: WHOLE.to }

let feed: Simulator
const system = (address = `${feed.url}/feeds/images.csv`, more: object = {}) =>
  systemOf({ id: 'images', type: 'image-feed', address, ...more })
const notes = () => createReaderNotes(memoryTables(controlTables))
const connected = { clock: wallClock, clients: createClients(deps), notes: notes() }
const reader = (pageSize = 5, of = system()) =>
  createReader(checkedRead(of, 'images', pageSize), of, connected) as SourceReader<'images'>

beforeAll(async () => {
  feed = await startImageFeedSimulator({ dataFile: ':memory:', catalogFile, vendorPattern: /^WLD-/, seed: 1 })
})
afterAll(async () => await feed.close())

describe('the image feed', () => {
  it.each([1, 5, 1000])('is read whole, by SKU, in pages of %i', async (pageSize) => {
    const { entities, unreadable } = await readAll(reader(pageSize))
    const rows = wiresOf(wireOf(await (await fetch(`${feed.url}/_sim/state`)).json())['rows'])
    expect(unreadable).toEqual([])
    expect(keysOf(entities)).toEqual([...new Set(rows.map(({ sku }) => String(sku)))].toSorted())
    expect(entities.flatMap(({ data }) => data.gallery)).toHaveLength(rows.length)
    expect(entities.every(({ occurredAt }) => occurredAt === null)).toBe(true)
  })

  it('is not read again while it is the same, but from the beginning it is', async () => {
    const { entities } = await readAll(reader())
    expect((await readAll(reader(), AGAIN)).entities).toEqual([])
    expect((await readAll(reader(), WHOLE)).entities).toHaveLength(entities.length)
    const row = { sku: entities[0]?.key, url: 'https://vendor.test/new.jpg', position: 9, label: 'Nëw', role: '' }
    await fetch(`${feed.url}/_sim/rows`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(row),
    })
    const again = (await readAll(reader(), AGAIN)).entities
    expect(again).toHaveLength(entities.length)
    expect(again[0]?.data.gallery.at(-1)).toMatchObject({ url: row.url, label: 'Nëw' })
  })

  it('is read again when it was not read to its end', async () => {
    const fresh = { ...connected, notes: notes() }
    const read = () => createReader(checkedRead(system(), 'images', 1), system(), fresh) as SourceReader<'images'>
    for await (const page of read().read(WHOLE, null, new AbortController().signal)) {
      expect(page.entities).toHaveLength(1)
      break
    }
    expect((await readAll(read(), AGAIN)).entities.length).toBeGreaterThan(1)
  })

  it('is read again when another was begun to be read, and it came back', async () => {
    const fresh = { ...connected, notes: notes() }
    const read = () => createReader(checkedRead(system(), 'images', 1), system(), fresh) as SourceReader<'images'>
    const put = async (position: number) =>
      await fetch(`${feed.url}/_sim/rows`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ sku: 'A-FIRST', url: 'https://vendor.test/a.jpg', position }),
      })
    await put(1)
    await readAll(read())
    await put(2)
    for await (const page of read().read(AGAIN, null, new AbortController().signal)) {
      expect(page.entities[0]?.data.gallery[0]?.position).toBe(2)
      break
    }
    await put(1)
    expect((await readAll(read(), AGAIN)).entities[0]?.data.gallery[0]?.position).toBe(1)
  })

  it('goes on after a page that was acknowledged', async () => {
    const { entities, pages } = await readAll(reader(10))
    const rest = await readAll(reader(10), AGAIN, pages[1]?.reached ?? null)
    expect(keysOf(rest.entities)).toEqual(keysOf(entities).slice(20))
  })
})

describe('a feed of any server', () => {
  let server: Server | undefined
  const serve = async (listener: RequestListener): Promise<string> => {
    const started = createServer(listener)
    server = started
    await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(started.address() as AddressInfo).port}/feed.csv`
  }
  afterEach(async () => {
    server?.closeAllConnections()
    await new Promise((resolve) => (server === undefined ? resolve(null) : server.close(resolve)))
    server = undefined
  })
  const csv = 'sku,url,position,label,role\na,https://v.test/a.jpg,1,,\n'

  it('may be a gzip file', async () => {
    const url = await serve((_, response) => response.setHeader('content-type', 'application/gzip').end(gzipSync(csv)))
    expect(keysOf((await readAll(reader(5, system(url)))).entities)).toEqual(['a'])
  })

  it('may ask for a password, which is sent', async () => {
    const asked: (string | undefined)[] = []
    const url = await serve((request, response) => {
      asked.push(request.headers.authorization)
      response.end(csv)
    })
    await readAll(reader(5, system(url, { secrets: { username: 'env:A', password: 'env:B' } })))
    expect(asked).toEqual([`Basic ${btoa('secret:secret')}`])
  })

  it.each([
    [0, 'not sent back'],
    [5000, 'sent back'],
  ])('that changed %i ms ago has a Last-Modified that is %s: within its second it may change again', async (age) => {
    const asked: (string | undefined)[] = []
    const at = Date.now() - age
    const url = await serve((request, response) => {
      asked.push(request.headers['if-modified-since'])
      response.setHeader('last-modified', new Date(at).toUTCString()).end(csv)
    })
    await readAll(reader(5, system(url)))
    await readAll(reader(5, system(url)), AGAIN)
    expect(asked).toEqual([undefined, age === 0 ? undefined : new Date(at).toUTCString()])
  })

  it('that breaks off before its announced end gives nothing and is retried', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-length': csv.length + 100 })
      response.write(csv, () => response.destroy())
    })
    await expect(readAll(reader(5, system(url)))).rejects.toMatchObject({ code: 'target_unavailable' })
  })

  it('that was cut short before it was served gives nothing', async () => {
    const url = await serve((_, response) => response.end(csv.slice(0, -4)))
    await expect(readAll(reader(5, system(url)))).rejects.toMatchObject({ code: 'source_data_invalid' })
  })

  it('has one wrong row: its SKU is unreadable, the others are read', async () => {
    const url = await serve((_, response) => response.end(`${csv}b,nowhere,1,,\n,https://v.test/c.jpg,1,,\n`))
    const { entities, unreadable } = await readAll(reader(5, system(url)))
    expect(keysOf(entities)).toEqual(['a'])
    expect(unreadable.map(({ key, error }) => [key, (error as Error).message])).toEqual([
      ['line 4', expect.stringContaining('line 4, column "sku"')],
      ['b', expect.stringContaining('line 3, column "url"')],
    ])
  })

  it.each([
    [429, 'rate_limited'],
    [401, 'credentials_refused'],
    [404, 'configuration_invalid'],
    [502, 'target_unavailable'],
  ])('that answers %i is %s, and its address with a key in it is not told', async (status, code) => {
    const url = await serve((_, response) => response.writeHead(status).end())
    const failed = readAll(reader(5, system(`${url}?key=hidden`)))
    await expect(failed).rejects.toMatchObject({ code, message: expect.not.stringContaining('hidden') })
  })
})
