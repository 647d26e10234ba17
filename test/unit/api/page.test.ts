import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync, gunzipSync } from 'node:zlib'
import { expect, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../../src/api/page-files.ts'
import { pagePaths } from '../../../src/api/routes/page.ts'
import { apiFixture } from '../../worlds/api-fixture.ts'

const INDEX = '<!doctype html><script type="module" src="/assets/index-1.js"></script>'
const SCRIPT = 'document.title = "Waldstream"'

async function builtPage(more: Readonly<Record<string, Buffer>> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'waldstream-page-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await mkdir(join(folder, 'assets'))
  await writeFile(join(folder, 'index.html'), INDEX)
  await writeFile(join(folder, 'assets', 'index-1.js'), SCRIPT)
  for (const [name, content] of Object.entries(more)) await writeFile(join(folder, name), content)
  return await readPageFiles(folder)
}

it('answers each address of the page with it, also to those who have no key yet', async () => {
  const { app } = apiFixture({ token: 'secret', page: await builtPage() })
  for (const path of [...pagePaths.map((one) => one.replace('*', 'magento/000000014')), '/problems?state=resolved']) {
    const { statusCode, body, headers } = await app.inject(path)
    expect([path, statusCode, body]).toEqual([path, 200, INDEX])
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'content-security-policy':
        "default-src 'none';script-src 'self';style-src 'self';img-src 'self' https:;font-src 'self';connect-src 'self';base-uri 'none';form-action 'none';frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
    })
  }
  expect((await app.inject('/v1/status')).statusCode).toBe(401)
})

it('allows the styles that stand in the page, and no others', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'waldstream-page-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await mkdir(join(folder, 'assets'))
  await writeFile(join(folder, 'index.html'), '<style data-href="/assets/a.css">p{color:red}</style>')
  const { app } = apiFixture({ page: await readPageFiles(folder) })
  // printf %s 'p{color:red}' | openssl dgst -sha256 -binary | base64
  const digest = 'p0bF+un5yUb9MBO6xRb8kPHlY2BdpHVtLiFkDrZPF64='
  for (const answer of [await app.inject('/'), await app.inject({ url: '/nope', headers: { accept: 'text/html' } })]) {
    expect(answer.headers['content-security-policy']).toContain(`style-src 'self' 'sha256-${digest}';`)
  }
})

it('answers a browser with the page where there is none, as 404 and without a key, and programs with a problem', async () => {
  const { app } = apiFixture({ token: 'secret', page: await builtPage() })
  const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
  const own = await app.inject('/')
  for (const path of ['/nope', '/nope/1?x=y', '/orders/x/%', '/orderss', '/v1x']) {
    const { statusCode, body, headers } = await app.inject({ url: path, headers: browser })
    expect([path, statusCode, body]).toEqual([path, 404, INDEX])
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': own.headers['content-security-policy'],
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
    })
    const kept = await app.inject({ url: path, headers: { ...browser, 'if-none-match': String(own.headers.etag) } })
    expect([path, kept.statusCode]).toEqual([path, 404])
    const program = await app.inject(path)
    expect([path, program.headers['content-type']]).toEqual([path, expect.stringContaining('application/problem+json')])
  }
  for (const path of ['/v1/nope', '/v1', '/health/nope', '/assets/nope.js', '/docs/nope', '/openapi.json/nope']) {
    const { headers } = await app.inject({ url: path, headers: browser })
    expect([path, headers['content-type']]).toEqual([path, expect.stringContaining('application/problem+json')])
  }
  const posted = await app.inject({ method: 'POST', url: '/nope', headers: browser })
  expect([posted.statusCode, posted.json().code]).toEqual([401, 'unauthorized'])
  const unbuilt = await apiFixture({ token: 'secret' }).app.inject({ url: '/nope', headers: browser })
  expect([unbuilt.statusCode, unbuilt.json().code]).toEqual([404, 'not_found'])
})

it('lets browsers keep its files for good, and the page as long as it is the same', async () => {
  const { app } = apiFixture({ page: await builtPage() })
  const asset = await app.inject('/assets/index-1.js')
  expect([asset.statusCode, asset.body]).toEqual([200, SCRIPT])
  expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable')
  const { headers } = await app.inject('/')
  const again = await app.inject({ url: '/', headers: { 'if-none-match': String(headers.etag) } })
  expect([again.statusCode, again.body]).toEqual([304, ''])
})

it('compresses for those who take it, and for nobody else', async () => {
  const { app } = apiFixture({ page: await builtPage() })
  const ask = (encodings: string) => app.inject({ url: '/', headers: { 'accept-encoding': encodings } })
  for (const encodings of ['gzip', 'br, gzip;q=0.8', 'deflate,gzip']) {
    const { headers, rawPayload } = await ask(encodings)
    expect([encodings, headers['content-encoding'], headers.vary]).toEqual([encodings, 'gzip', 'accept-encoding'])
    expect(gunzipSync(rawPayload).toString()).toBe(INDEX)
  }
  for (const encodings of ['', 'br', 'gzip;q=0', 'gzip; q=0.0, br', 'x-notgzip']) {
    const { headers, body } = await ask(encodings)
    expect([encodings, headers['content-encoding'], body]).toEqual([encodings, undefined, INDEX])
  }
})

it('sends what the build has compressed by Brotli to those who take it', async () => {
  const more = { 'index.html.br': brotliCompressSync(INDEX), 'assets/index-1.js.br': brotliCompressSync(SCRIPT) }
  const page = await builtPage(more)
  expect([...(page?.assets.keys() ?? [])]).toEqual(['index-1.js'])
  const { app } = apiFixture({ page })
  const ask = (url: string, encodings: string) => app.inject({ url, headers: { 'accept-encoding': encodings } })
  for (const [path, content] of Object.entries({ '/': INDEX, '/assets/index-1.js': SCRIPT })) {
    for (const encodings of ['br', 'gzip, deflate, br, zstd', 'gzip;q=1.0,br;q=0.1']) {
      const { headers, rawPayload } = await ask(path, encodings)
      expect([encodings, headers['content-encoding'], headers.vary]).toEqual([encodings, 'br', 'accept-encoding'])
      expect(brotliDecompressSync(rawPayload).toString()).toBe(content)
    }
    for (const encodings of ['gzip', 'br;q=0, gzip', 'x-br, gzip', 'brx, gzip']) {
      const { headers, rawPayload } = await ask(path, encodings)
      expect([encodings, headers['content-encoding']]).toEqual([encodings, 'gzip'])
      expect(gunzipSync(rawPayload).toString()).toBe(content)
    }
  }
})

it('says of a file of another version, and of a page that is not built, what to do', async () => {
  const { app } = apiFixture({ page: await builtPage() })
  for (const path of ['/assets/index-0.js', '/assets/..%2findex.html', '/assets/%2e%2e%2f%2e%2e%2fpackage.json']) {
    const { statusCode, json } = await app.inject(path)
    expect([path, statusCode, json().code]).toEqual([path, 404, 'not_found'])
  }
  const unbuilt = await apiFixture().app.inject('/')
  expect([unbuilt.statusCode, unbuilt.json().detail]).toEqual([404, expect.stringContaining('npm run page')])
  expect(await readPageFiles('/nowhere')).toBeNull()
})
