// All places keep the same contract, on real servers: OpenSSH's for SFTP, Apache's for FTP, Node's for HTTP.

import { randomUUID } from 'node:crypto'
import { lookup } from 'node:dns'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import type { LookupFunction } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { FILE_VENDOR_CREDENTIALS } from '../../simulators/file-vendor/credentials.ts'
import { startFileVendorSimulator } from '../../simulators/file-vendor/start.ts'
import { createGuardedHttp } from '../../src/platform/guarded-http.ts'
import { networkRulesOf } from '../../src/platform/network-rules.ts'
import { type FtpOptions, ftpPlace } from '../../src/systems/files/ftp-place.ts'
import { type HttpOptions, httpPlace } from '../../src/systems/files/http-place.ts'
import { localPlace } from '../../src/systems/files/local-place.ts'
import { type SftpOptions, sftpPlace } from '../../src/systems/files/sftp-place.ts'
import { localNetwork } from '../data/loopback.ts'
import { type FileServer, startFileServer } from '../worlds/file-server.ts'
import { type FtpServer, noFtpServer, startFtpServer } from '../worlds/ftp-server/start-ftp-server.ts'
import { testPlace } from '../worlds/place-acceptance.ts'
import { noSftpServer, type SftpServer, startSftpServer } from '../worlds/sftp-server.ts'
import { smallCatalogFile } from '../worlds/sources.ts'
import { vsftpdAnswering } from '../worlds/vsftpd-answers.ts'

const never = new AbortController().signal

/** Of the simulated vendor, as config/demo-all has it. */
const HOST_KEY = 'SHA256:mJBHscJlQA7hPtq3WAr4gXt8IFBo7t/b+3uEU8xVOyo'

function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'waldstream-place-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const optionsOf = ({ host, port, username, key, hostKey, folder }: SftpServer): SftpOptions => {
  const signIn = { key, passphrase: null }
  return { host, port, username, root: folder, signIn, hostKeys: [hostKey], lookup, timeoutMs: 20_000 }
}

const webOptionsOf = (server: FileServer, network = localNetwork): HttpOptions => ({
  root: `${server.address}/files`,
  credentials: { authorization: server.authorization },
  namesIn: (folder) => (folder === 'in' ? ['stock.csv', 'none.csv'] : folder === '' ? ['a.csv'] : []),
  assertWritable: () => network.assertSecret(new URL(server.address)),
  http: createGuardedHttp(network),
  timeoutMs: 20_000,
})

type Encryption = FtpOptions['encryption']
const ftpServers = new Map<Encryption, Promise<FtpServer>>()
/** One server for the file, because it takes a second to start. */
const ftpServer = async (encryption: Encryption): Promise<FtpServer> => {
  const running = ftpServers.get(encryption) ?? startFtpServer(encryption)
  ftpServers.set(encryption, running)
  return await running
}
afterAll(async () => {
  for (const server of ftpServers.values()) await (await server).stop()
})
const ftpOptionsOf = ({ port, certificate }: FtpServer, encryption: Encryption, root = ''): FtpOptions => ({
  host: '127.0.0.1',
  port,
  root,
  username: 'vendor',
  password: 'secret',
  encryption,
  ca: certificate,
  lookup,
  timeoutMs: 20_000,
})

testPlace('a local folder', async () => localPlace(ownFolder()))
testPlace('an SFTP server', async () => sftpPlace(optionsOf(await startSftpServer())), { skipped: noSftpServer })
testPlace('the SFTP server of the simulated vendor', async () => {
  const folder = ownFolder()
  const vendor = await startFileVendorSimulator({
    dataFile: ':memory:',
    catalogFile: smallCatalogFile,
    vendorPattern: /^WLD-/,
    folder,
    exportEveryMs: 0,
  })
  onTestFinished(() => vendor.close())
  mkdirSync(join(folder, 'in/place'))
  const { username, password } = FILE_VENDOR_CREDENTIALS
  return sftpPlace({
    host: '127.0.0.1',
    port: Number(new URL(vendor.sftp).port),
    username,
    signIn: { password },
    root: 'in/place',
    hostKeys: [HOST_KEY],
    lookup,
    timeoutMs: 20_000,
  })
})
for (const encryption of ['explicit', 'implicit', 'none'] as const) {
  const open = async () => {
    const server = await ftpServer(encryption)
    const root = randomUUID()
    mkdirSync(join(server.folder, root))
    return ftpPlace(ftpOptionsOf(server, encryption, root))
  }
  testPlace(`an FTP server with encryption: ${encryption}`, open, { skipped: noFtpServer })
}
testPlace('a web server', async () => httpPlace(webOptionsOf(await startFileServer())), { hasFolders: false })

describe('a local folder', () => {
  it('does not follow a way out of it', async () => {
    const [root, other] = [ownFolder(), ownFolder()]
    writeFileSync(join(other, 'secret.csv'), 'secret')
    symlinkSync(other, join(root, 'out'))
    symlinkSync(join(other, 'secret.csv'), join(root, 'link.csv'))
    mkdirSync(join(root, 'in'))
    await localPlace(root).visit(async (visit) => {
      expect(await visit.list('')).toEqual([])
      for (const path of ['out/secret.csv', 'link.csv', '../secret.csv', 'in/../../x.csv']) {
        await expect(Array.fromAsync(visit.read(path))).rejects.toMatchObject({
          code: expect.stringMatching(/permission_missing|not_found/),
        })
        expect(await visit.find(path).catch(() => null)).toBeNull()
      }
      await expect(visit.write('out/new.csv', Buffer.from('x'))).rejects.toMatchObject({ code: 'permission_missing' })
    }, never)
  })
})

describe('a folder within that of a system', () => {
  it.each(['/../other', '/..', '/in/../../other'])('is never outside of it: %s', async (folder) => {
    const base = ownFolder()
    const [own, other] = [join(base, 'own'), join(base, 'other')]
    for (const made of [own, other]) mkdirSync(join(made, 'in'), { recursive: true })
    const place = localPlace(own, folder)
    const refused = {
      code: 'permission_missing',
      message: expect.stringContaining('outside of the folder of the system'),
    }
    await expect(place.visit((visit) => visit.list(''), never)).rejects.toMatchObject(refused)
    await expect(place.visit((visit) => visit.write('new.csv', Buffer.from('x')), never)).rejects.toMatchObject(refused)
    expect(await localPlace(own, '/in').visit((visit) => visit.list(''), never)).toEqual([])
  })

  it('follows no link, which whoever writes files there could make', async () => {
    const base = ownFolder()
    const [own, other] = [join(base, 'own'), join(base, 'other')]
    for (const made of [own, other]) mkdirSync(join(made, 'orders', '.waldstream'), { recursive: true })
    writeFileSync(join(other, 'stock.csv'), 'of another system')
    symlinkSync('../other', join(own, 'in'))
    symlinkSync(join(other, 'stock.csv'), join(own, 'orders', '.waldstream', 'acme-1.waiting'))
    symlinkSync(join(other, 'new.csv'), join(own, 'orders', '.waldstream', 'acme-1.sent'))
    const refused = { code: 'permission_missing' }
    await expect(localPlace(own, '/in').visit((visit) => visit.list(''), never)).rejects.toMatchObject(refused)
    await localPlace(own).visit(async (visit) => {
      await expect(visit.list('in')).rejects.toMatchObject(refused)
      await expect(Array.fromAsync(visit.read('in/stock.csv'))).rejects.toMatchObject(refused)
      for (const name of ['acme-1.waiting', 'acme-1.sent']) {
        await visit.remove(`orders/.waldstream/${name}`)
        const writing = visit.write(`orders/.waldstream/${name}`, Buffer.from('an order'))
        await expect(writing, name).rejects.toMatchObject(refused)
      }
    }, never)
    expect(readdirSync(other).toSorted()).toEqual(['orders', 'stock.csv'])
    expect(readFileSync(join(other, 'stock.csv'), 'utf8')).toBe('of another system')
  })
})

describe.skipIf(noSftpServer !== null)('an SFTP server', () => {
  const list = async (options: SftpOptions) => await sftpPlace(options).visit((visit) => visit.list(''), never)

  it('with another host key than the pinned one gets nothing, and the fingerprint is named', async () => {
    const server = await startSftpServer()
    const wrong = { ...optionsOf(server), hostKeys: ['SHA256:other'] }
    await expect(list(wrong)).rejects.toMatchObject({
      code: 'configuration_invalid',
      field: 'settings.hostKey',
      message: expect.stringContaining(`has the host key ${server.hostKey}, but settings.hostKey is SHA256:other`),
    })
    await expect(list({ ...optionsOf(server), hostKeys: [] })).rejects.toMatchObject({
      message: expect.stringContaining('settings.hostKey is missing'),
    })
    expect(await list({ ...optionsOf(server), hostKeys: ['SHA256:other', server.hostKey] })).toEqual([])
  })

  it('refuses another key of the user', async () => {
    const [server, other] = [await startSftpServer(), await startSftpServer()]
    await expect(list({ ...optionsOf(server), signIn: { key: other.key, passphrase: null } })).rejects.toMatchObject({
      code: 'credentials_refused',
      message: expect.stringContaining(`refused the user ${server.username}`),
    })
    await expect(list({ ...optionsOf(server), signIn: { key: 'no key', passphrase: null } })).rejects.toMatchObject({
      code: 'configuration_invalid',
      field: 'secrets.key',
    })
  })

  it('that is gone is unavailable', async () => {
    const server = await startSftpServer()
    await server.stop()
    await expect(list(optionsOf(server))).rejects.toMatchObject({ code: 'target_unavailable' })
  })
})

describe('a web server', () => {
  const read = async (options: HttpOptions, path = 'a.csv') =>
    await httpPlace(options).visit(async (visit) => Buffer.concat(await Array.fromAsync(visit.read(path))), never)
  const write = async (options: HttpOptions) =>
    await httpPlace(options).visit((visit) => visit.write('a.csv', Buffer.from('a')), never)

  it('whose answer is shorter than it says, or a part, has sent no file', async () => {
    const server = await startFileServer()
    server.put('files/a.csv', 'sku,quantity\nA,1\n')
    server.answerNext(({ response, content }) => {
      response.writeHead(200, { 'content-length': content.length })
      response.write(content.subarray(0, -4))
      setImmediate(() => response.destroy())
    })
    await expect(read(webOptionsOf(server))).rejects.toMatchObject({ code: 'target_unavailable' })
    server.answerNext(({ response, content }) => response.writeHead(206).end(content.subarray(0, 5)))
    await expect(read(webOptionsOf(server))).rejects.toMatchObject({
      code: 'target_unavailable',
      message: expect.stringContaining('answered 206, not with the whole file'),
    })
  })

  it('that refuses the sign-in, the file or the method says what to correct', async () => {
    const server = await startFileServer()
    const options = webOptionsOf(server)
    await expect(read({ ...options, credentials: { authorization: 'Basic other' } })).rejects.toMatchObject({
      code: 'credentials_refused',
      message: expect.not.stringContaining('other'),
    })
    for (const [status, code] of [
      [403, 'permission_missing'],
      [405, 'permission_missing'],
      [409, 'not_found'],
      [400, 'target_rejected'],
      [429, 'rate_limited'],
      [503, 'target_unavailable'],
    ] as const) {
      server.answerNext(({ response }) => response.writeHead(status).end())
      await expect(write(options), String(status)).rejects.toMatchObject({ code })
    }
  })

  it('that leads elsewhere gets no file, and the other one no credentials', async () => {
    const [server, other] = [await startFileServer(), await startFileServer()]
    other.put('files/a.csv', 'elsewhere')
    other.open()
    const lead = () =>
      server.answerNext(({ response }) => response.writeHead(307, { location: `${other.address}/files/a.csv` }).end())
    lead()
    await expect(write(webOptionsOf(server))).rejects.toMatchObject({ code: 'configuration_invalid', field: 'address' })
    expect(other.requests).toEqual([])
    lead()
    expect((await read(webOptionsOf(server))).toString()).toBe('elsewhere')
    expect(other.requests).toEqual([{ method: 'GET', path: 'files/a.csv', authorization: undefined }])
  })

  it('in a private network, or over http, gets nothing unless the operator allows it', async () => {
    const server = await startFileServer()
    await expect(read(webOptionsOf(server, networkRulesOf({})))).rejects.toMatchObject({
      code: 'configuration_invalid',
      field: 'address',
    })
    const reachable = networkRulesOf({ ALLOWED_PRIVATE_NETWORKS: '127.0.0.0/8' })
    await expect(write({ ...webOptionsOf(server, reachable), credentials: {} })).rejects.toMatchObject({
      code: 'configuration_invalid',
      message: expect.stringContaining('ALLOWED_HTTP_HOSTS'),
    })
    expect(server.requests).toEqual([])
  })

  it('without HEAD is asked by GET', async () => {
    const server = await startFileServer()
    server.put('files/a.csv', 'abc')
    server.answerNext(({ response }) => response.writeHead(405).end())
    const found = await httpPlace(webOptionsOf(server)).visit((visit) => visit.find('a.csv'), never)
    expect(found).toMatchObject({ name: 'a.csv', bytes: 3 })
  })
})

describe.skipIf(noFtpServer !== null)('an FTP server', () => {
  const list = async (options: FtpOptions) => await ftpPlace(options).visit((visit) => visit.list(''), never)

  it('whose certificate, user or encryption is another one gets nothing, and the error says what to correct', async () => {
    const server = await ftpServer('explicit')
    const options = ftpOptionsOf(server, 'explicit')
    await expect(list({ ...options, ca: null })).rejects.toMatchObject({
      code: 'configuration_invalid',
      field: 'secrets.ca',
    })
    const named = {
      ...options,
      host: 'other.example',
      lookup: ((_, __, done) => done(null, '127.0.0.1', 4)) as LookupFunction,
    }
    await expect(list(named)).rejects.toMatchObject({
      code: 'configuration_invalid',
      message: expect.stringContaining('it must be valid for other.example'),
    })
    await expect(list({ ...options, password: 'wrong' })).rejects.toMatchObject({
      code: 'credentials_refused',
      message: expect.not.stringContaining('wrong'),
    })
    expect(await list(options)).toBeDefined()
  })

  it('without TLS is sent no password', async () => {
    const server = await ftpServer('none')
    await expect(list(ftpOptionsOf(server, 'explicit'))).rejects.toMatchObject({
      code: 'configuration_invalid',
      field: 'settings.encryption',
    })
  })
})

describe('an FTP server', () => {
  const placeAt = async (answers: Readonly<Record<string, string>>) =>
    ftpPlace({
      host: '127.0.0.1',
      port: (await vsftpdAnswering(answers)).port,
      root: '',
      username: 'vendor',
      password: 'secret',
      encryption: 'none',
      ca: null,
      lookup,
      timeoutMs: 20_000,
    })

  it('that denies SIZE has its files all the same, and no others', async () => {
    const place = await placeAt({})
    await place.visit(async (visit) => {
      expect(await visit.find('stock.csv')).toMatchObject({ name: 'stock.csv', bytes: 17 })
      expect(await visit.find('other.csv')).toBeNull()
      expect(Buffer.concat(await Array.fromAsync(visit.read('stock.csv'))).toString()).toBe('sku,quantity\nA,1\n')
    }, never)
  })

  it.each([
    ['500 OOPS: cannot change directory:/home/vendor', 'target_unavailable', /cannot change directory/],
    [
      '530 Non-anonymous sessions must use encryption.',
      'credentials_refused',
      /whether its server requires encryption/,
    ],
  ])('that answers a password with "%s" is not said to lack encryption', async (answer, code, message) => {
    const place = await placeAt({ PASS: answer })
    const refused = await place.visit((visit) => visit.list(''), never).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code, message: expect.stringMatching(message) })
    expect(refused).not.toMatchObject({ field: 'settings.encryption' })
  })
})
