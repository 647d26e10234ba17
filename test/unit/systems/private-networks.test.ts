import type { AddressInfo, LookupFunction } from 'node:net'
import { createServer } from 'node:net'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type NetworkRules, networkRulesOf } from '../../../src/platform/network-rules.ts'
import { createClients } from '../../../src/systems/clients.ts'
import { systemTypes } from '../../../src/systems/systems.ts'
import { governors, systemOf, wallClock } from '../../worlds/sources.ts'

/** Entry 3 of the attacks: no document lets a client of any type into the network that the program is in. */
let port: number
let connected = 0
const server = createServer((socket) => {
  connected += 1
  socket.destroy()
})
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterAll(() => server.close())

const asked: string[] = []
const clients = (network: NetworkRules) =>
  createClients({
    clock: wallClock,
    governors,
    network,
    logger: pino({ level: 'silent' }),
    resolveSecret(_system, reference) {
      asked.push(reference)
      return 'secret'
    },
  })

const given: Readonly<Record<string, { secrets: Record<string, string>; settings: Record<string, unknown> }>> = {
  magento2: { secrets: { bearer: 'env:A' }, settings: { allowPrivateAddresses: true } },
  bigcommerce: { secrets: { accessToken: 'env:A' }, settings: { storeHash: 'h' } },
  netsuite: {
    secrets: { consumerKey: 'env:A', consumerSecret: 'env:A', tokenId: 'env:A', tokenSecret: 'env:A' },
    settings: { account: '1', currency: 'USD' },
  },
  'sap-b1': { secrets: { username: 'env:A', password: 'env:A' }, settings: { companyDb: 'C' } },
  sqs: { secrets: { accessKeyId: 'env:A', secretAccessKey: 'env:A' }, settings: { region: 'eu-central-1' } },
  'image-feed': { secrets: { 'header.X': 'env:A' }, settings: { allowPrivateAddresses: true } },
  files: { secrets: { username: 'env:A', password: 'env:A' }, settings: {} },
}

const overHttp = Object.keys(given).filter((type) => type !== 'files')
const schemeOf = (type: string, overHttps = 'http') => (overHttp.includes(type) ? overHttps : 'sftp')

it('every type of system is tried', () => {
  expect(Object.keys(given).toSorted()).toEqual([...systemTypes.keys()].toSorted())
})

const check = (type: string, address: string, network: NetworkRules) =>
  clients(network).check(systemOf({ id: 'x', type, address, ...given[type] }), AbortSignal.timeout(5_000))

it.each(Object.keys(given))(
  '%s is not called there, whatever its document says, nor is its secret looked up',
  async (type) => {
    asked.length = 0
    for (const address of [`//127.0.0.1:${port}`, `//[::ffff:127.0.0.1]:${port}`, '//169.254.169.254'].map(
      (end) => `${schemeOf(type, 'https')}:${end}`,
    )) {
      await expect(check(type, address, networkRulesOf({})), address).rejects.toMatchObject({
        code: 'configuration_invalid',
        message: expect.stringContaining('ALLOWED_PRIVATE_NETWORKS'),
      })
    }
    expect(asked).toEqual([])
    expect(connected).toBe(0)
  },
)

/** Names here stand for this machine. */
const toHere: LookupFunction = (_name, { all }, callback) =>
  all === true ? callback(null, [{ address: '127.0.0.1', family: 4 }]) : callback(null, '127.0.0.1', 4)

it.each(Object.keys(given))('%s is not called there by a name either', async (type) => {
  const network = networkRulesOf({}, { lookup: toHere })
  await expect(check(type, `${schemeOf(type, 'https')}://name.example:${port}`, network)).rejects.toMatchObject({
    message: expect.stringContaining('private network'),
  })
  expect(connected).toBe(0)
})

it.each(['https', 'ftps', 'imaps'])('files are not fetched there by %s, by address or name', async (scheme) => {
  const byName = networkRulesOf({}, { lookup: toHere })
  for (const [host, network] of [
    ['127.0.0.1', networkRulesOf({})],
    ['name.example', byName],
  ] as const) {
    const address = `${scheme}://${host}:${port}/`
    const settings =
      scheme === 'imaps' ? { 'mail.senders': '@x.example', 'inventory.folder': 'INBOX' } : { 'orders.folder': 'o' }
    const system = systemOf({ id: 'x', type: 'files', address, ...given['files'], settings })
    await expect(clients(network).check(system, AbortSignal.timeout(5_000)), address).rejects.toMatchObject({
      message: expect.stringContaining('private network'),
    })
  }
  expect(connected).toBe(0)
})

it.each(['127.0.0.1', '169.254.169.254', '[::1]'])('files are not fetched from a bucket at %s', async (host) => {
  const settings = { region: 'eu-central-1', endpoint: `https://${host}:${port}` }
  const secrets = { accessKeyId: 'env:A', secretAccessKey: 'env:A' }
  const system = systemOf({ id: 'x', type: 'files', address: 's3://acme-exchange', secrets, settings })
  const refused = { code: 'configuration_invalid', message: expect.stringContaining('ALLOWED_PRIVATE_NETWORKS') }
  await expect(clients(networkRulesOf({})).check(system, AbortSignal.timeout(5_000))).rejects.toMatchObject(refused)
  const byName = { ...system, settings: { ...settings, endpoint: `https://name.example:${port}` } }
  const network = networkRulesOf({}, { lookup: toHere })
  await expect(clients(network).check(byName, AbortSignal.timeout(5_000))).rejects.toMatchObject(refused)
  const overHttp = { ...system, settings: { ...settings, endpoint: `http://name.example:${port}` } }
  await expect(clients(network).check(overHttp, AbortSignal.timeout(5_000))).rejects.toMatchObject({
    message: expect.stringContaining('ALLOWED_HTTP_HOSTS'),
  })
  expect(connected).toBe(0)
})

it.each(overHttp)('%s is sent no secret by http', async (type) => {
  asked.length = 0
  const network = networkRulesOf({ ALLOWED_PRIVATE_NETWORKS: '127.0.0.1' })
  await expect(check(type, `http://127.0.0.1:${port}`, network)).rejects.toMatchObject({
    code: 'configuration_invalid',
    message: expect.stringContaining('ALLOWED_HTTP_HOSTS'),
  })
  expect(asked).toEqual([])
  expect(connected).toBe(0)
})

it.each(Object.keys(given))('%s is called where the operator lists it', async (type) => {
  const before = connected
  const host = `127.0.0.1:${port}`
  const network = networkRulesOf({ ALLOWED_PRIVATE_NETWORKS: host, ALLOWED_HTTP_HOSTS: host })
  await expect(check(type, `${schemeOf(type)}://${host}`, network)).rejects.toMatchObject({
    code: 'target_unavailable',
  })
  expect(connected).toBeGreaterThan(before)
})
