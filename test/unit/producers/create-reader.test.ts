import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { entities } from '../../../src/events/topics.ts'
import { createReader } from '../../../src/producers/create-reader.ts'
import { createClients } from '../../../src/systems/clients.ts'
import { systemTypes } from '../../../src/systems/systems.ts'
import { localNetwork } from '../../data/loopback.ts'
import { governors, readAll, readOf, systemOf, uncheckedSystem, wallClock } from '../../worlds/sources.ts'

const resolveSecret = (_system: string, name: string) => `value of ${name}`
const logger = pino({ level: 'silent' })
const deps = {
  clock: wallClock,
  clients: createClients({ clock: wallClock, governors, network: localNetwork, logger, resolveSecret }),
}
const secrets: Record<string, string> = Object.fromEntries(
  [
    'bearer',
    'consumerKey',
    'consumerSecret',
    'tokenId',
    'tokenSecret',
    'accessToken',
    'username',
    'password',
    'accessKeyId',
    'secretAccessKey',
  ].map((name) => [name, `env:${name}`]),
)

const queues = ['orders', 'products', 'inventory', 'images'].map((entity) => [`${entity}Queue`, entity])
const settings = {
  account: 'A',
  storeHash: 'h',
  companyDb: 'DB',
  seller: 'Maple Street',
  region: 'eu-central-1',
  allowPrivateAddresses: 'true',
  ...Object.fromEntries(queues),
}

/** A valid system of a type: what is declared of all that these tests give. */
function usual(type: string) {
  const definition = systemTypes.get(type)
  const way = definition?.secrets.ways.find((names) => Object.keys(names).every((name) => Object.hasOwn(secrets, name)))
  const ofType = (given: Readonly<Record<string, unknown>>, names: object | undefined) =>
    Object.fromEntries(Object.entries(given).filter(([name]) => Object.hasOwn(names ?? {}, name)))
  const address = { files: 'sftp://127.0.0.1:1', mailbox: 'mailto:orders@acme.example' }[type] ?? nowhere
  const system = { id: 'sys', type, address, settings: ofType(settings, definition?.settings) }
  return systemOf({ ...system, secrets: ofType(secrets, way) as Record<string, string> })
}

/** Nothing listens there: a reader that comes so far has all it needs. */
const nowhere = 'http://127.0.0.1:1'

describe('the table of readers', () => {
  const all = [...systemTypes.keys()].flatMap((type) => entities.map((entity) => ({ type, entity })))

  it.each(all)('of $type and $entity has a reader, or says what there is', async ({ type, entity }) => {
    const system = usual(type)
    const read = () => createReader(readOf('sys', entity, 10), system, deps)
    if (systemTypes.get(type)?.reads[entity] !== undefined) {
      expect(read()).toMatchObject({ name: `${type}.${entity}`, entity })
      await expect(readAll(read() as never)).rejects.toMatchObject({ code: 'target_unavailable' })
    } else {
      expect(read).toThrow(expect.objectContaining({ code: 'configuration_invalid' }))
      expect(read).toThrow(new RegExp(`system sys: ${entity} can't be read from ${type}; it has `))
    }
  })

  const swept = all.filter(({ type, entity }) => {
    return ['products', 'inventory', 'images'].includes(entity) && systemTypes.get(type)?.reads[entity] !== undefined
  })

  it.each(swept.filter(({ type }) => type !== 'sqs'))(
    'of $type and $entity says what the source has, and never that it has nothing because it can not say',
    async ({ type, entity }) => {
      const system = usual(type)
      const keys = createReader(readOf('sys', entity, 10), system, deps).keys?.(new AbortController().signal, false)
      await expect(Array.fromAsync(keys ?? [])).rejects.toMatchObject({ code: 'target_unavailable' })
    },
  )

  it.each([
    ['netsuite', 'products', { secrets, settings: {} }, /system sys \(netsuite\): settings.account is missing/],
    ['netsuite', 'products', { secrets: {}, settings: { account: 'A' } }, /secrets.consumerKey is missing/],
    ['sap-b1', 'products', { secrets, settings: {} }, /system sys \(sap-b1\): settings.companyDb is missing/],
    [
      'sap-b1',
      'inventory',
      { secrets, settings: { companyDb: 'C', version: 'v3' } },
      /settings.version must be one of v1, v2/,
    ],
    [
      'sap-b1',
      'inventory',
      { address: `${nowhere}/b1s/v1`, secrets, settings: { companyDb: 'C' } },
      /address must end before \/b1s/,
    ],
    ['magento2', 'orders', { secrets: {} }, /secrets need consumerKey, .* or bearer/],
    ['image-feed', 'images', { address: 'nowhere' }, /address must be the feed's http or https address/],
    ['files', 'inventory', { address: 'sftp://host/' }, /secrets.username is missing/],
    ['files', 'inventory', { address: 'folder:///' }, /the operator has to set FILES_ROOT/],
    ['sqs', 'orders', { settings: {} }, /system sys \(sqs\): settings.region is missing/],
    ['sqs', 'orders', { settings, address: `${nowhere}/1/q/x` }, /address must be the endpoint/],
    ['sqs', 'orders', { settings, secrets: { accessKeyId: 'env:A' } }, /accessKeyId and secretAccessKey, or neither/],
  ] as const)('names what %s lacks for %s', async (type, entity, more, message) => {
    const reader = createReader(
      readOf('sys', entity, 10),
      uncheckedSystem({ id: 'sys', type, address: nowhere, ...more }),
      deps,
    )
    await expect(readAll(reader as never)).rejects.toThrow(message)
    await expect(readAll(reader as never)).rejects.toMatchObject({ code: 'configuration_invalid' })
  })

  it('of queues lists none: an empty list would tell a sweep that everything is gone', () => {
    const system = usual('sqs')
    expect(createReader(readOf('sys', 'products', 10), system, deps)).not.toHaveProperty('list')
    expect(createReader(readOf('sys', 'products', 10), system, deps)).not.toHaveProperty('keys')
  })

  it('drains a queue of a system that has queues alone', () => {
    const system = usual('magento2')
    expect(() => createReader(readOf('sys', 'orders', 10), system, deps, 'https://sqs.example.com/1/q')).toThrow(
      /sys.orders.all is read from a magento2 system, which has no queues/,
    )
  })

  it('asks for secrets again after they did not serve', async () => {
    const asked: string[] = []
    const clients = createClients({
      clock: wallClock,
      governors,
      network: localNetwork,
      logger,
      resolveSecret(_system, name) {
        asked.push(name)
        return ''
      },
    })
    const system = systemOf({ id: 'sys', type: 'magento2', address: nowhere, secrets: { bearer: 'env:TOKEN' } })
    const read = readOf('sys', 'orders', 10)
    const readIt = () => readAll(createReader(read, system, { clock: wallClock, clients }) as never)
    await expect(readIt()).rejects.toMatchObject({ code: 'configuration_invalid' })
    await expect(readIt()).rejects.toMatchObject({ code: 'configuration_invalid' })
    expect(asked).toEqual(['env:TOKEN', 'env:TOKEN'])
  })
})
