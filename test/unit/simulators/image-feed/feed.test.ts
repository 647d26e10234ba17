import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Simulator } from '../../../../simulators/harness/simulator.ts'
import { startImageFeedSimulator } from '../../../../simulators/image-feed/start.ts'

const catalog = `sku,product_type,name,price,qty,base_image,base_image_label,small_image,thumbnail_image,additional_images
ACME-1,simple,Hoodie,52,1,/a/c/front.jpg,"Front, ""gray""",/a/c/front.jpg,/a/c/thumb.png,"/a/c/back.jpg"
ACME,configurable,Hoodie,,0,/a/c/front.jpg,,,,
OTHER,simple,Not the vendor's,1,1,/o/t/front.jpg,,,,
`
type Row = Record<'sku' | 'url' | 'position' | 'label' | 'role', string>

let folder: string
let simulator: Simulator
const start = () => {
  const files = { dataFile: join(folder, 'images.sqlite'), catalogFile: join(folder, 'catalog.csv') }
  return startImageFeedSimulator({ ...files, vendorPattern: /^ACME/, seed: 3 })
}
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'image-feed-'))
  writeFileSync(join(folder, 'catalog.csv'), catalog)
  simulator = await start()
})
afterEach(async () => {
  await simulator.close()
  rmSync(folder, { recursive: true, force: true })
})

const feed = (headers: Record<string, string> = {}, name = 'images.csv') =>
  fetch(`${simulator.url}/feeds/${name}`, { headers, redirect: 'manual' })
const serve = (serving: object) =>
  fetch(`${simulator.url}/_sim/serving`, {
    method: 'PUT',
    body: JSON.stringify(serving),
    headers: { 'content-type': 'application/json' },
  })
const rows = async (): Promise<Row[]> => parse(await (await feed()).text(), { columns: true }) as Row[]
const state = async (): Promise<unknown> => (await fetch(`${simulator.url}/_sim/state`)).json()
const putRow = (row: object) =>
  fetch(`${simulator.url}/_sim/rows`, {
    method: 'PUT',
    body: JSON.stringify(row),
    headers: { 'content-type': 'application/json' },
  })

describe('the feed', () => {
  it('has the images of the vendor’s products with their roles', async () => {
    const images = `${simulator.url}/images/a/c`
    expect(await rows()).toEqual([
      { sku: 'ACME', url: `${images}/front.jpg`, position: '1', label: '', role: 'image' },
      { sku: 'ACME-1', url: `${images}/front.jpg`, position: '1', label: 'Front, "gray"', role: 'image|small_image' },
      { sku: 'ACME-1', url: `${images}/thumb.png`, position: '2', label: '', role: 'thumbnail' },
      { sku: 'ACME-1', url: `${images}/back.jpg`, position: '3', label: '', role: '' },
    ])
    const numbered = (await rows()).map((row) => ({ ...row, position: Number(row.position) }))
    expect(await state()).toEqual({ rows: numbered })
  })

  it('names images that are there', async () => {
    for (const { url } of await rows()) {
      const image = await fetch(url)
      const bytes = Buffer.from(await image.arrayBuffer())
      const png = url.endsWith('.png')
      expect([image.status, image.headers.get('content-type')]).toEqual([200, png ? 'image/png' : 'image/jpeg'])
      expect(bytes.subarray(0, 2).toString('hex')).toBe(png ? '8950' : 'ffd8')
    }
    expect((await fetch(`${simulator.url}/images/a/c/none.jpg`)).status).toBe(404)
  })

  it('answers 304 until something changes', async () => {
    const first = await feed()
    const etag = first.headers.get('etag') ?? ''
    const modified = first.headers.get('last-modified') ?? ''
    expect(new Date(modified).getUTCFullYear()).toBe(2026)
    expect((await feed({ 'if-none-match': etag })).status).toBe(304)
    expect((await feed({ 'if-modified-since': modified })).status).toBe(304)
    expect((await feed({ 'if-none-match': '"other"', 'if-modified-since': modified })).status).toBe(200)
    await putRow({ sku: 'ACME-1', url: '/images/a/c/new.jpg', position: 4, label: 'New', role: 'swatch_image' })
    expect((await feed({ 'if-none-match': etag })).status).toBe(200)
    const changed = await feed({ 'if-modified-since': modified })
    expect(changed.status).toBe(200)
    expect(Date.parse(changed.headers.get('last-modified') ?? '')).toBeGreaterThan(Date.parse(modified))
  })

  it('is the same as JSON, as XML and as a packed file', async () => {
    const asRows = (list: readonly Row[]) => list.map((row) => ({ ...row, position: Number(row.position) }))
    expect(await (await feed({}, 'images.json')).json()).toEqual({ images: asRows(await rows()) })
    const packed = Buffer.from(await (await feed({}, 'images.csv.gz')).arrayBuffer())
    expect(gunzipSync(packed).toString()).toBe(await (await feed()).text())
    const xml = await (await feed({}, 'images.xml')).text()
    expect(xml.match(/<image>/g)).toHaveLength(4)
    expect(xml).toContain('<label>Front, "gray"</label>')
  })

  it('is compressed for those who accept gzip', async () => {
    const plain = await (await feed({ 'accept-encoding': 'identity' })).text()
    const raw = await rawGet(`${simulator.url}/feeds/images.csv`, 'br, gzip')
    expect(raw.encoding).toBe('gzip')
    expect(gunzipSync(raw.bytes).toString()).toBe(plain)
    expect((await rawGet(`${simulator.url}/feeds/images.csv`, 'gzip;q=0')).encoding).toBeUndefined()
  })
})

describe('how the feed is served', () => {
  it('may be behind a password or a key', async () => {
    await serve({ login: { username: 'u', password: 'p' }, key: { name: 'X-Key', value: 'k' } })
    expect((await feed()).status).toBe(401)
    expect((await feed({ authorization: 'Basic dTpw' })).status).toBe(401)
    expect((await feed({ authorization: 'Basic dTpw', 'x-key': 'k' })).status).toBe(200)
    await fetch(`${simulator.url}/_sim/reset`, { method: 'POST' })
    expect((await feed()).status).toBe(200)
  })

  it('may be without ETag, too short, or a redirect', async () => {
    await serve({ etag: false, rows: 1 })
    const response = await feed()
    expect(response.headers.get('etag')).toBeNull()
    expect((await response.text()).trim().split('\r\n')).toHaveLength(2)
    const since = response.headers.get('last-modified') ?? ''
    expect((await feed({ 'if-modified-since': since })).status).toBe(304)
    await serve({ redirectTo: 'http://10.0.0.1/' })
    expect((await feed()).headers.get('location')).toBe('http://10.0.0.1/')
  })

  it('may end in the middle, with its length or without', async () => {
    await serve({ cut: 'announced' })
    await expect(feed().then((response) => response.text())).rejects.toThrow()
    await serve({ cut: 'unannounced' })
    const text = await (await feed()).text()
    await serve({})
    const whole = await (await feed()).text()
    expect(whole.startsWith(text) && text.length < whole.length).toBe(true)
  })

  it('may change once it was sent', async () => {
    await serve({ thenPut: { sku: 'ACME', url: 'https://cdn.example.com/x.png' } })
    expect(await rows()).toHaveLength(4)
    expect(await rows()).toHaveLength(5)
    expect((await serve({ thenPut: { sku: '' } })).status).toBe(400)
    expect((await serve({ speed: 1 })).status).toBe(400)
  })
})

describe('changes of the feed', () => {
  it('put a row in place of the one with its SKU and address, and remove a product’s rows', async () => {
    const url = `${simulator.url}/images/a/c/back.jpg`
    expect((await putRow({ sku: 'ACME-1', url, position: 9, label: 'Back' })).status).toBe(200)
    expect((await rows()).at(-1)).toEqual({ sku: 'ACME-1', url, position: '9', label: 'Back', role: '' })
    expect(await rows()).toHaveLength(4)
    expect((await putRow({ sku: 'ACME-1', url, role: 'hero' })).status).toBe(400)
    expect((await fetch(`${simulator.url}/_sim/rows/ACME-1`, { method: 'DELETE' })).status).toBe(200)
    expect((await rows()).map(({ sku }) => sku)).toEqual(['ACME'])
  })

  it('are kept with their addresses over a restart, and undone by a reset', async () => {
    const initial = await state()
    await putRow({ sku: 'ACME', url: 'https://cdn.example.com/x.png' })
    const changed = await state()
    await simulator.close()
    simulator = await start()
    // The same port again: until the client has seen its old connections end, a call may fail.
    await expect.poll(state).toEqual(changed)
    await fetch(`${simulator.url}/_sim/reset`, { method: 'POST' })
    expect(await state()).toEqual(initial)
  })
})

function rawGet(url: string, acceptEncoding: string): Promise<{ encoding: string | undefined; bytes: Buffer }> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { 'accept-encoding': acceptEncoding } }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({ encoding: response.headers['content-encoding'], bytes: Buffer.concat(chunks) }),
      )
    }).on('error', reject)
  })
}
