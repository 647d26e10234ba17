// A bucket keeps the contract of all places on a real server, and what AWS answers besides says what to correct.

import { createServer } from 'node:http'
import type { AddressInfo, LookupFunction } from 'node:net'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { networkRulesOf } from '../../src/platform/network-rules.ts'
import { type S3Options, s3Place } from '../../src/systems/files/s3-place.ts'
import { startFaultProxy } from '../worlds/fault-proxy.ts'
import { testPlace } from '../worlds/place-acceptance.ts'
import {
  BUCKET,
  noS3Server,
  type S3Server,
  s3ActionOf,
  s3OptionsAt,
  startS3Server,
} from '../worlds/s3-server/start-s3-server.ts'

const never = new AbortController().signal

let started: Promise<S3Server> | undefined
/** One server for the file, because it takes seconds to start. */
const options = async (): Promise<S3Options> => {
  started ??= startS3Server()
  return s3OptionsAt((await started).address)
}
afterAll(async () => await (await started)?.stop())

testPlace('a bucket of S3', async () => s3Place(await options()), { skipped: noS3Server, hasFolders: false })

describe.skipIf(noS3Server !== null)('a bucket of S3', () => {
  it('is listed to its end, without folders and their placeholders', async () => {
    const given = await options()
    await s3Place(given).visit(async (visit) => {
      await visit.write('in/', Buffer.from(''))
      await visit.write('in/deeper/x.csv', Buffer.from('x'))
      // Of more than a page, which has 1000 keys.
      const names = Array.from({ length: 1005 }, (_, index) => `stock ä+${String(index).padStart(4, '0')}.csv`)
      for (let from = 0; from < names.length; from += 100) {
        await Promise.all(names.slice(from, from + 100).map((name) => visit.write(`in/${name}`, Buffer.from(name))))
      }
      expect((await visit.list('in')).map(({ name }) => name).toSorted()).toEqual(names)
      expect(await visit.find('in/stock ä+0001.cs')).toBeNull()
      expect(Buffer.concat(await Array.fromAsync(visit.read('in/stock ä+0007.csv'))).toString()).toBe(names[7])
    }, never)
  })

  it('gives no other version than the listed one, and keeps what was replaced', async () => {
    const place = s3Place(await options())
    await place.visit(async (visit) => {
      await visit.write('a.csv', Buffer.from('first'))
      const listed = (await visit.find('a.csv')) ?? undefined
      expect(Buffer.concat(await Array.fromAsync(visit.read('a.csv', listed))).toString()).toBe('first')
      await visit.write('a.csv', Buffer.from('second'))
      const replaced = { code: 'target_unavailable', message: expect.stringContaining('was replaced meanwhile') }
      await expect(Array.fromAsync(visit.read('a.csv', listed))).rejects.toMatchObject(replaced)
      await expect(visit.move('a.csv', 'read/a.csv', listed)).rejects.toMatchObject(replaced)
      expect(await visit.find('read/a.csv')).toBeNull()
      expect(Buffer.concat(await Array.fromAsync(visit.read('a.csv'))).toString()).toBe('second')
    }, never)
  })

  it('never overwrites what is created after it has looked', async () => {
    const given = await options()
    const proxy = await startFaultProxy(given.endpoint.origin, s3ActionOf)
    onTestFinished(() => proxy.close())
    const direct = s3Place(given)
    await direct.visit((visit) => visit.write('work.csv', Buffer.from('ours')), never)
    proxy.set({ action: 'GET work.csv', kind: 'delay', delayMs: 300, times: 1 })
    const moving = s3Place({ ...given, endpoint: new URL(proxy.url) }).visit(
      (visit) => visit.move('work.csv', 'order.csv'),
      never,
    )
    moving.catch(() => undefined)
    await expect.poll(() => proxy.seen.includes('GET work.csv'), { interval: 5 }).toBe(true)
    await direct.visit((visit) => visit.write('order.csv', Buffer.from('of another')), never)
    await expect(moving).rejects.toMatchObject({ code: 'target_conflict' })
    await direct.visit(async (visit) => {
      expect(Buffer.concat(await Array.fromAsync(visit.read('order.csv'))).toString()).toBe('of another')
      expect(Buffer.concat(await Array.fromAsync(visit.read('work.csv'))).toString()).toBe('ours')
    }, never)
  })

  it('moves what is larger than memory should hold without fetching it', async () => {
    const place = s3Place(await options())
    await place.visit(async (visit) => {
      const content = Buffer.alloc(9 * 1024 * 1024, 'stock')
      await visit.write('big.csv', content)
      await visit.move('big.csv', 'read/big ä.csv')
      expect(await visit.find('big.csv')).toBeNull()
      expect(await visit.find('read/big ä.csv')).toMatchObject({ bytes: content.length })
    }, never)
  })

  it.each([
    ['another key', { credentials: { accessKeyId: 'other', secretAccessKey: 'local-secret' } }, 'credentials_refused'],
    ['another secret', { credentials: { accessKeyId: 'local-id', secretAccessKey: 'hush' } }, 'credentials_refused'],
    ['another bucket', { bucket: 'none-of-this-name' }, 'configuration_invalid'],
  ])('with %s says what to correct, and no secret', async (_, changed, code) => {
    const place = s3Place({ ...(await options()), ...changed })
    const calls = [
      () => place.visit((visit) => visit.list(''), never),
      () => place.visit((visit) => visit.find('a.csv'), never),
      () => place.visit((visit) => Array.fromAsync(visit.read('a.csv')), never),
      () => place.visit((visit) => visit.write('a.csv', Buffer.from('a')), never),
    ]
    for (const call of calls) {
      const error = await call().then(
        () => null,
        (thrown: unknown) => thrown,
      )
      expect(error).toMatchObject({ code })
      expect(JSON.stringify([error, (error as Error).message, (error as Error).cause])).not.toMatch(/hush|local-secret/)
    }
  })

  it('in a private network, or over http, gets nothing unless the operator allows it', async () => {
    const given = await options()
    const byName = { ...given, endpoint: new URL(given.endpoint.href.replace('127.0.0.1', 'localhost')) }
    await expect(
      s3Place({ ...byName, network: networkRulesOf({}) }).visit((visit) => visit.list(''), never),
    ).rejects.toMatchObject({ code: 'configuration_invalid', field: 'address' })
  })

  it('ends a read soon after the signal aborts', async () => {
    const place = s3Place(await options())
    await place.visit((visit) => visit.write('big.csv', Buffer.alloc(9 * 1024 * 1024, 'x')), never)
    const stop = new AbortController()
    const reading = place.visit(async (visit) => {
      for await (const chunk of visit.read('big.csv')) if (chunk.length > 0) stop.abort()
    }, stop.signal)
    await expect(reading).rejects.toMatchObject({ code: 'stopping' })
  })
})

/** A server with one answer for all requests, as the API reference of S3 ("Error responses") has them. */
async function answering(status: number, body: string, headers: Readonly<Record<string, string>> = {}) {
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(status, { 'content-type': 'application/xml', ...headers }).end(body)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => void server.close())
  return s3Place(s3OptionsAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
}
const error = (code: string, more = '') =>
  `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>no</Message>${more}</Error>`

it('is asked for at AWS by the name of its bucket, at the address that was checked', async () => {
  const asked: string[] = []
  const server = createServer(({ headers, url }, response) => {
    asked.push(`${headers.host}${url?.replace(/\?.*/, '')}`)
    response.writeHead(403, { 'content-type': 'application/xml' }).end(error('AccessDenied'))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const toHere: LookupFunction = (_name, { all }, done) =>
    all === true ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4)
  const network = networkRulesOf({ ALLOWED_PRIVATE_NETWORKS: '127.0.0.1' }, { lookup: toHere })
  const given = { ...s3OptionsAt(`http://s3.eu-central-1.aws.example:${port}`, network), bucketInPath: false }
  for (const bucket of [BUCKET, 'acme.exchange']) {
    const place = s3Place({ ...given, bucket, root: 'out' })
    await expect(place.visit((visit) => visit.write('a.csv', Buffer.from('a')), never)).rejects.toMatchObject({
      code: 'permission_missing',
    })
  }
  const host = `s3.eu-central-1.aws.example:${port}`
  // A name with a dot would not fit into the certificate, over TLS.
  expect(asked[0]).toBe(`${BUCKET}.${host}/out/a.csv`)
  expect(asked[1]).toMatch(new RegExp(`^(acme\\.exchange\\.${host}/out|${host}/acme\\.exchange/out)/a\\.csv$`))
})

describe('an answer of S3', () => {
  it.each([
    [403, error('AccessDenied'), {}, 'permission_missing', /must not be read or written by this user/],
    [400, error('ExpiredToken'), {}, 'credentials_refused', /secrets accessKeyId/],
    [503, error('SlowDown'), { 'retry-after': '2' }, 'rate_limited', /SlowDown/],
    [503, '<html>', {}, 'target_unavailable', /could not be reached/],
    [500, error('InternalError'), {}, 'target_unavailable', /InternalError/],
    [409, error('ConditionalRequestConflict'), {}, 'concurrent_change', /another write/],
    [501, error('NotImplemented'), {}, 'target_rejected', /does not know this request/],
    [403, error('InvalidObjectState'), {}, 'target_rejected', /InvalidObjectState/],
    [301, error('PermanentRedirect'), { 'x-amz-bucket-region': 'eu-west-1' }, 'configuration_invalid', /to eu-west-1/],
    [
      400,
      error('AuthorizationHeaderMalformed', '<Region>us-west-2</Region>'),
      {},
      'configuration_invalid',
      /set settings.region to us-west-2/,
    ],
  ] as const)('of %i with %s becomes an error of ours', async (status, body, headers, code, message) => {
    const place = await answering(status, body, headers)
    const works = [
      place.visit((visit) => visit.list(''), never),
      place.visit((visit) => visit.write('a.csv', Buffer.from('a')), never),
    ]
    for (const work of works) {
      await expect(work).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
    }
  })
})
