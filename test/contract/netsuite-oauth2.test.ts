import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Simulator } from '../../simulators/harness/simulator.ts'
import { NETSUITE_CREDENTIALS } from '../../simulators/netsuite/credentials.ts'
import { startNetSuiteSimulator } from '../../simulators/netsuite/start.ts'
import { createNetSuiteClient, type NetSuiteClient } from '../../src/systems/netsuite/client.ts'
import { localNetwork } from '../data/loopback.ts'
import { ecKeys, rsaKeys } from '../data/netsuite-keys.ts'
import { catalogFile, governors, wallClock } from '../worlds/sources.ts'

const { account, clientId } = NETSUITE_CREDENTIALS
const ec = ecKeys()
const rsa = rsaKeys()
const logger = pino({ level: 'silent' })

let netsuite: Simulator
beforeAll(async () => {
  netsuite = await startNetSuiteSimulator({ dataFile: ':memory:', catalogFile, vendorPattern: /^WLD-/, seed: 3 })
  await control('certificates', { certificateId: 'ec', publicKey: ec.publicKey })
  await control('certificates', { certificateId: 'rsa', publicKey: rsa.publicKey })
})
afterAll(async () => await netsuite.close())
beforeEach(async () => {
  await control('reset', undefined)
  await control('tokens', { lifetime: 3600, expire: true })
})

const control = async (route: string, body: unknown) => {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${netsuite.url}/_sim/${route}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body) ?? null,
  })
  expect(answer.ok).toBe(true)
}
const requests = async (path: string) => {
  const all = (await (await fetch(`${netsuite.url}/_sim/requests`)).json()) as { path: string; status: number }[]
  return all.filter((request) => request.path.includes(path))
}
const client = (certificateId: string, privateKey: string, id = clientId, clock = wallClock): NetSuiteClient =>
  createNetSuiteClient(
    {
      baseUrl: netsuite.url,
      account,
      limits: { concurrency: 4 },
      credentials: { clientId: id, certificateId, privateKey },
    },
    { clock, governors, network: localNetwork, logger },
  )
const ask = (of: NetSuiteClient) => of.findItems(['none'])

describe('OAuth 2.0 by certificate', () => {
  it.each([
    ['EC', 'ec', ec.privateKey],
    ['RSA', 'rsa', rsa.privateKey],
    ['EC with escaped line ends', 'ec', ec.privateKey.replaceAll('\n', '\\n')],
  ])('lets in who has the private key: %s', async (_, id, key) => {
    expect((await ask(client(id, key))).size).toBe(0)
  })

  it('asks for one token, however many calls wait for it, whatever they are for', async () => {
    const of = client('ec', ec.privateKey)
    await Promise.all([ask(of), ask(of), ask(of.for('images')), ask(of.for('products'))])
    await ask(of)
    expect(await requests('/oauth2/')).toHaveLength(1)
  })

  it('renews a token that was refused, once for all calls, and sends each of them again', async () => {
    const of = client('ec', ec.privateKey)
    await ask(of)
    await control('tokens', { expire: true })
    await Promise.all([ask(of), ask(of), ask(of)])
    expect(await requests('/oauth2/')).toHaveLength(2)
    expect((await requests('/suiteql')).filter(({ status }) => status === 200)).toHaveLength(4)
  })

  it('renews a token before it ends', async () => {
    let now = Date.now()
    const of = client('ec', ec.privateKey, clientId, { ...wallClock, now: () => now })
    await ask(of)
    now += 54 * 60_000
    await ask(of)
    expect(await requests('/oauth2/')).toHaveLength(1)
    now += 2 * 60_000
    // The account's clock has not moved: an assertion from the future is refused, which shows that a token was asked for.
    await expect(ask(of)).rejects.toMatchObject({ code: 'credentials_refused' })
    expect(await requests('/oauth2/')).toHaveLength(2)
  })

  it('gives up after a second refusal in a row', async () => {
    const body = { 'o:errorDetails': [{ detail: 'Invalid login attempt.', 'o:errorCode': 'INVALID_LOGIN' }] }
    await control('faults', [{ path: '/suiteql', kind: 'status', status: 401, body }])
    await expect(ask(client('ec', ec.privateKey))).rejects.toMatchObject({ code: 'credentials_refused' })
    expect(await requests('/suiteql')).toHaveLength(2)
  })

  it.each([
    ['another key', 'ec', ecKeys().privateKey, clientId],
    ['a certificate that is not there', 'gone', ec.privateKey, clientId],
    ['another client', 'ec', ec.privateKey, 'somebody'],
    ['a key of another kind', 'rsa', ec.privateKey, clientId],
  ])('refuses %s, and says what to look at', async (_, id, key, who) => {
    await expect(ask(client(id, key, who))).rejects.toMatchObject({
      code: 'credentials_refused',
      policy: 'pause',
      message: expect.stringMatching(/invalid_client: .*: check clientId, certificateId and privateKey/),
    })
    expect(await requests('/suiteql')).toEqual([])
  })

  it('names the secret that is no key, and not what is in it', () => {
    const secret = ec.privateKey.replace('BEGIN', 'BEGUN')
    const refused = expect(() => client('ec', secret))
    refused.toThrow(expect.objectContaining({ code: 'configuration_invalid', field: 'secrets.privateKey' }))
    refused.toThrow(expect.not.objectContaining({ message: expect.stringContaining(secret.slice(40, 60)) }))
    const curve = ecKeys('secp256k1').privateKey
    expect(() => client('ec', curve)).toThrow(/P-256, P-384 or P-521/)
  })

  it('waits when no token can be had for the moment', async () => {
    await control('faults', [{ path: '/oauth2/', kind: 'html', status: 502 }])
    await expect(ask(client('ec', ec.privateKey))).rejects.toMatchObject({
      code: 'target_unavailable',
      policy: 'retry',
    })
    await control('faults', [{ path: '/oauth2/', kind: 'truncate' }])
    await expect(ask(client('ec', ec.privateKey))).rejects.toMatchObject({
      code: 'target_unavailable',
      policy: 'retry',
    })
  })

  it('ends at once for a call that is given up, and not for others that wait for the same token', async () => {
    await control('faults', [{ path: '/oauth2/', kind: 'slow', delayMs: 300, times: 1 }])
    const of = client('ec', ec.privateKey)
    const given = new AbortController()
    const ended = expect(of.findItems(['none'], given.signal)).rejects.toMatchObject({ code: 'stopping' })
    const other = ask(of)
    given.abort()
    await ended
    expect((await other).size).toBe(0)
  })
})
