import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { pino } from 'pino'
import { expect, it, onTestFinished } from 'vitest'
import { type ApiOptions, startApi } from '../../../src/api/server.ts'
import { firstPair, secondPair } from '../../data/certificates.ts'
import { apiFixture, listening, usualHttp } from '../../worlds/api-fixture.ts'

const { operations } = apiFixture()

async function folder() {
  const path = await mkdtemp(join(tmpdir(), 'waldstream-tls-'))
  onTestFinished(() => rm(path, { recursive: true }))
  const files = { certFile: join(path, 'cert.pem'), keyFile: join(path, 'key.pem') }
  const put = async ({ cert, key }: typeof firstPair) => {
    await writeFile(join(path, 'new'), key)
    await rename(join(path, 'new'), files.keyFile)
    await writeFile(join(path, 'new'), cert)
    await rename(join(path, 'new'), files.certFile)
  }
  return { files, put }
}

async function start(http: Partial<ApiOptions['http']>, over: Partial<ApiOptions> = {}) {
  const lines: string[] = []
  const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) })
  const options = listening(operations, { token: 'secret', logger, http: { ...usualHttp, ...http }, ...over })
  const api = await startApi(options)
  onTestFinished(() => api.close())
  return { ...api, lines }
}

/** The name in the certificate, and what is answered over it. */
async function ask(url: string) {
  const { port } = new URL(url)
  const socket = connect({ port: Number(port), host: '127.0.0.1', rejectUnauthorized: false })
  const name = await new Promise<string>((resolve, reject) => {
    socket.once('error', reject)
    socket.once('secureConnect', () => resolve(String(socket.getPeerCertificate().subject.CN)))
  })
  socket.write('GET /health/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
  let text = ''
  for await (const chunk of socket) text += String(chunk)
  return { name, status: text.split(' ')[1] }
}

it('serves by TLS with the files it is given, and with renewed ones', async () => {
  const { files, put } = await folder()
  await put(firstPair)
  const { url } = await start({ tls: files })
  expect(url).toMatch(/^https:/)
  expect(await ask(url)).toEqual({ name: 'one.example', status: '200' })
  await put(secondPair)
  await expect.poll(() => ask(url), { interval: 200 }).toEqual({ name: 'two.example', status: '200' })
}, 60_000)

it('says which file is wrong, and never what is in it', async () => {
  const { files, put } = await folder()
  const refused = (tls: typeof files) => start({ tls }).catch((error: unknown) => error)
  expect(await refused(files)).toMatchObject({ code: 'configuration_invalid', field: 'API_TLS_CERT_FILE' })
  await put({ cert: firstPair.cert, key: secondPair.key })
  const error = await refused(files)
  expect(error).toMatchObject({ code: 'configuration_invalid', field: 'API_TLS_CERT_FILE' })
  expect(String(error)).not.toContain('PRIVATE KEY')
})

it('warns where others reach it without encryption, unless that is said', async () => {
  const warned = async (http: Partial<ApiOptions['http']>, host = '0.0.0.0') =>
    (await start(http, { host })).lines.filter((line) => line.includes('without encryption')).length
  expect(await warned({})).toBe(1)
  expect(await warned({ plaintextAllowed: true })).toBe(0)
  expect(await warned({ trustedProxies: ['10.0.0.0/8'] })).toBe(0)
  expect(await warned({}, '127.0.0.1')).toBe(0)
})

it('refuses proxies that are no addresses', async () => {
  for (const proxy of ['proxy.internal', '10.0.0.0/33', '10.0.0', '*', 'all'])
    await expect(start({ trustedProxies: [proxy] })).rejects.toMatchObject({ field: 'API_TRUSTED_PROXIES' })
})
